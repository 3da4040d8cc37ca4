package diagram_test

import (
	"bytes"
	"fmt"

	"github.com/rutter-dev/rutter/internal/diagram"
)

func ExampleFlow() {
	f := &diagram.Flow{
		ID: "release", Title: "How we release",
		Lanes: []string{"Developer", "DevOps"},
		Steps: []diagram.Step{
			{Label: "Merge", Lane: 0, Href: "merge/"},
			{Label: "Healthy?", Lane: 1, Kind: diagram.Decision, Here: true},
		},
		Edges: []diagram.Edge{
			{From: 0, To: 1},
			{From: 1, To: 0, Label: "no", Back: true},
			{From: 1, To: -1, Label: "Operate", Href: "operate/"},
		},
	}
	fmt.Printf("%.80s…\n", f.Wide())
	fmt.Println(bytes.Count(f.Narrow(), []byte("<a href")), "links")
	// Output:
	// <svg xmlns="http://www.w3.org/2000/svg" class="flow-art flow-wide" width="736" h…
	// 2 links
}

func ExampleMap() {
	m := &diagram.Map{
		ID: "hands", Title: "Who hands what to whom",
		Nodes:  []diagram.Node{{Label: "QA"}, {Label: "Developer"}},
		Arrows: []diagram.Arrow{{From: 0, To: 1, Labels: []string{"findings", "examples"}}},
	}
	fmt.Println(bytes.Contains(m.Wide(), []byte("<title>QA → Developer: findings, examples</title>")), m.Narrow() == nil)
	// Output: true true
}
