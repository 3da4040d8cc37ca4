package pack_test

import (
	"fmt"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
)

// outline is a page as a cache keeps it: about 60 fields that are set, with 40
// strings, besides those that a page without them still has.
type outline struct {
	Kind handbook.Kind
	Meta handbook.Meta
	Body handbook.Body
}

func example() outline {
	o := outline{
		Kind: handbook.Role,
		Meta: handbook.Meta{Common: handbook.Common{Title: "Quality engineer", Summary: "Keeps the release honest.", Owner: handbook.Located{Value: "team:quality"}, Weight: 20},
			Role: &handbook.RoleMeta{Aka: []string{"QA", "tester"}, Purpose: "No surprise after the release", Skills: []string{"testing", "writing"}}},
		Body: handbook.Body{Summary: "The first paragraph of the page.", Words: 420},
	}
	for i := range 6 {
		at := diag.Pos{Path: "content/roles/qa.md", Line: 10 * i, Column: 5}
		o.Body.Headings = append(o.Body.Headings, handbook.Heading{Level: 2, ID: fmt.Sprintf("part-%d", i), Text: "A part", HTML: "A <em>part</em>", Pos: at})
	}
	for i := range 5 {
		at := diag.Pos{Path: "content/roles/qa.md", Line: 10*i + 3, Column: 20}
		o.Body.Links = append(o.Body.Links, handbook.Link{Dest: "../processes/release.md#steps", Text: "how we release", Pos: at})
	}
	return o
}

func BenchmarkAppend(b *testing.B) {
	o := example()
	buf := pack.Append(nil, &o)
	b.ReportAllocs()
	b.SetBytes(int64(len(buf)))
	for b.Loop() {
		buf = pack.Append(buf[:0], &o)
	}
}

func BenchmarkDecode(b *testing.B) {
	o := example()
	data := pack.Append(nil, &o)
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		var got outline
		if err := pack.Decode(data, &got); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSum(b *testing.B) {
	card := struct {
		Title, Address string
		Kind           handbook.Kind
		Section        bool
	}{"Quality engineer", "roles/qa/", handbook.Role, false}
	b.ReportAllocs()
	for b.Loop() {
		pack.Sum(&card)
	}
}
