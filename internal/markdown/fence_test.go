package markdown

import (
	"reflect"
	"testing"
)

func TestFenceInfo(t *testing.T) {
	t.Parallel()
	marks := []lineRange{{2, 2}, {4, 6}}
	for _, tt := range []struct {
		info string
		want listing
	}{
		{"", listing{}},
		{"go", listing{lang: "go"}},
		{"Go extra words", listing{lang: "go"}},
		{"{.go}", listing{lang: "go"}},
		{"{go}", listing{lang: "go"}},
		{`title="x y.go"`, listing{title: "x y.go"}},
		{`go title="a &amp; b"`, listing{lang: "go", title: "a & b"}},
		{`go filename='x.go'`, listing{lang: "go", title: "x.go"}},
		{`go title="never closed`, listing{lang: "go", title: "never closed"}},
		{"go {2,4-6}", listing{lang: "go", marks: marks}},
		{"go{2, 4-6}", listing{lang: "go", marks: marks}},
		{"{2,4-6}", listing{marks: marks}},
		{"go mark={2,4-6}", listing{lang: "go", marks: marks}},
		{"go mark={2, 4-6} title=x.go", listing{lang: "go", title: "x.go", marks: marks}},
		{`go mark="2"`, listing{lang: "go"}},
		{`go mark={"1":2}`, listing{lang: "go"}},
		{"js:src/file.js", listing{lang: "js", title: "src/file.js"}},
		{"js:file.js {2,4-6}", listing{lang: "js", title: "file.js", marks: marks}},
		{`js:file.js title="x"`, listing{lang: "js", title: "x"}},
		{"ts:no-line-numbers", listing{lang: "ts"}},
		{`go hl_lines="2 4-6"`, listing{lang: "go", marks: marks}},
		{`go {hl_lines=[2,"4-6"],linenos=true,linenostart=7}`, listing{lang: "go", marks: marks, numbered: true, first: 7}},
		{`py linenums="3" title="x.py"`, listing{lang: "py", title: "x.py", numbered: true, first: 3}},
		{"jsx showLineNumbers", listing{lang: "jsx", numbered: true, first: 1}},
		{"jsx showLineNumbers=5", listing{lang: "jsx", numbered: true, first: 5}},
		{"jsx showLineNumbers{5} {2,4-6}", listing{lang: "jsx", numbered: true, first: 5, marks: marks}},
		{"ts:line-numbers=2 {2,4-6}", listing{lang: "ts", numbered: true, first: 2, marks: marks}},
		{"ts {linenos=false}", listing{lang: "ts"}},
		{`{.haskell .numberLines startFrom="10"}`, listing{lang: "haskell", numbered: true, first: 10}},
		{"go {6-4}", listing{lang: "go"}},
		{"go {0}", listing{lang: "go"}},
		{"go {a,b}", listing{lang: "go"}},
		{`go linenums="-1"`, listing{lang: "go", numbered: true, first: 1}},
		{"go {{{[[", listing{lang: "go"}},
		{"<script>", listing{}},
	} {
		if got := fenceInfo(tt.info); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q\ngot  %+v\nwant %+v", tt.info, got, tt.want)
		}
	}
}

// TestListing_lines: what is shown is the code, whatever is marked, and spans
// that go over several lines are closed and opened at their ends.
func TestListing_lines(t *testing.T) {
	t.Parallel()
	l := listing{marks: []lineRange{{2, 2}}, numbered: true, first: 9}
	got := string(l.lines(nil, []byte("a <span class=\"c\">/* b\nc\nd */</span> <span class=\"k\">e</span>\n\nf")))
	want := `<span class="line" data-line="9">a <span class="c">/* b` + "\n" + `</span></span>` +
		`<mark class="line" data-line="10"><span class="c">c` + "\n" + `</span></mark>` +
		`<span class="line" data-line="11"><span class="c">d */</span> <span class="k">e</span>` + "\n" + `</span>` +
		`<span class="line" data-line="12">` + "\n" + `</span><span class="line" data-line="13">f</span>`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
