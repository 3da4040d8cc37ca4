package source

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// docs/front-matter.md lists every key with what it means, from the tags of the
// structs that read them; -update writes it anew.
func TestFrontMatterIsDocumented(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Front matter\n\nEvery key that a page may have between its two lines of `---`, made from the code that reads them. A key in bold is required. What a key names\n" +
		"(“a role”) is the name of that page's file without `.md`; with folders before it where several pages have the name (`build/plan`), with the kind\n" +
		"(`role:qa`) where several kinds may be meant, with `#step` for a part of the page, and with `planned:` before it where the page is still to be written.\n" +
		"`rutter schema TYPE` prints the same for editors, `rutter new TYPE NAME` writes a page that has them.\n")
	section := func(title, intro string, structs ...any) {
		fmt.Fprintf(&b, "\n## %s\n\n", title)
		if intro != "" {
			b.WriteString(intro + "\n\n")
		}
		b.WriteString("| Key | Means | Such as |\n|---|---|---|\n")
		for _, s := range structs {
			rows(&b, reflect.TypeOf(s), "")
		}
	}
	section("Every page", "", handbook.Common{}, handbook.Standing{})
	for _, kind := range handbook.Types {
		var m handbook.Meta
		into := parts(kind.Kind, &m)
		if len(into) < 3 && kind.Kind != handbook.Decision {
			continue
		}
		intro := "Pages below `" + kind.Folder + "/`."
		if len(kind.Required) > 0 {
			intro += " Here " + strings.Join(kind.Required, ", ") + " is required."
		}
		own := into[len(into)-1]
		structs := []any{reflect.ValueOf(own).Elem().Interface()}
		if kind.Kind == handbook.Service {
			structs = append(structs, servicePage{})
			intro += " The keys below `metrics` are in [configuration](configuration.md)."
		}
		section(kind.Label, intro, structs...)
	}
	section("A folder: _section.yaml", "What the pages in the folder and below inherit.", handbook.Section{})
	section("The glossary: glossary.yaml", "At the root of the content, a list below `terms:`.", handbook.TermMeta{})
	section("People: people.yaml", "At the root of the content, a list below `people:`. No figure is about any of them.", handbook.PersonMeta{})

	testkit.Golden(t, "../../../docs/front-matter.md", []byte(b.String()))
	if strings.Contains(b.String(), "| |") {
		t.Error("a key has no tag is: what does it mean?")
	}
}

// rows writes a row for each key of a struct, those of groups below their names.
func rows(b *strings.Builder, typ reflect.Type, before string) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		tag, ok := f.Tag.Lookup("yaml")
		names, options, _ := strings.Cut(tag, ",")
		if !ok || names == "" {
			continue
		}
		name := before + strings.ReplaceAll(names, "|", "`, `")
		cell := "`" + name + "`"
		if strings.Contains(options, "required") {
			cell = "**" + cell + "**"
		}
		is := f.Tag.Get("is")
		if words := f.Tag.Get("enum"); words != "" && names != "type" {
			is += ": " + strings.ReplaceAll(words, ",", ", ")
		}
		if n := f.Tag.Get("max"); n != "" && f.Type.Kind() == reflect.String {
			is += "; at most " + n + " characters"
		}
		like := f.Tag.Get("like")
		if like != "" {
			like = "`" + strings.ReplaceAll(like, "|", "\\|") + "`"
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", cell, is, like)
		t := f.Type
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() == reflect.Struct && names != "metrics" && t != reflect.TypeFor[handbook.Located]() && t != reflect.TypeFor[handbook.Day]() && t != reflect.TypeFor[handbook.Last]() {
			rows(b, t, before+strings.Split(names, "|")[0]+".")
		}
	}
}
