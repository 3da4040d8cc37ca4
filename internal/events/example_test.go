package events_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/events"
)

const twoLines = `{"type":"deployment","id":"43","service":"pay","sha":"9f2c","finished_at":"2026-03-02T09:30:00Z","status":"success","pipeline":"main"}
{"type":"deployment","id":42}
`

func ExampleParse() {
	var l diag.List
	e, err := events.Parse(strings.NewReader(twoLines), "pay.ndjson", &l)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(e.Deployments), "deployment, as of", e.AsOf())
	l.Sort()
	if err := l.WriteText(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1 deployment, as of 2026-03-02 09:30:00 +0000 UTC
	// pay.ndjson:1: warning[RT535]: unknown field "pipeline" is ignored, once
	// pay.ndjson:2:27: error[RT533]: "id" is a number; it must be a text
	//         write it in quotes: "42"
}

func ExampleWrite() {
	var l diag.List
	e, err := events.Parse(strings.NewReader(twoLines), "pay.ndjson", &l)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := events.Write(os.Stdout, e); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"type":"deployment","id":"43","service":"pay","sha":"9f2c","finished_at":"2026-03-02T09:30:00Z","status":"success"}
}
