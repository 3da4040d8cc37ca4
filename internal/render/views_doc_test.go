package render

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// docs/views.md lists what templates see, from the types and their comments;
// -update writes it anew.
func TestViewsAreDocumented(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "views.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# Views\n\nWhat the templates of a [theme](theming.md) see, made from the code. Templates begin with a `PageView`. Addresses are ready for the page they stand on.\n")
	methods := map[string][]*ast.FuncDecl{}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.IsExported() {
			of := strings.TrimPrefix(types.ExprString(f.Recv.List[0].Type), "*")
			methods[of] = append(methods[of], f)
		}
	}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		spec := g.Specs[0].(*ast.TypeSpec)
		view, ok := spec.Type.(*ast.StructType)
		if !ok || !spec.Name.IsExported() {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| Field | Is | |\n|---|---|---|\n", spec.Name, oneLine(g.Doc.Text()))
		row := func(name string, is ast.Expr, doc string) {
			fmt.Fprintf(&b, "| `.%s` | %s | %s |\n", name, strings.ReplaceAll(types.ExprString(is), "template.", ""), strings.ReplaceAll(oneLine(doc), "|", "\\|"))
		}
		for _, f := range view.Fields.List {
			for _, name := range f.Names {
				if name.IsExported() {
					row(name.Name, f.Type, f.Comment.Text()+f.Doc.Text())
				}
			}
			if len(f.Names) == 0 {
				row(types.ExprString(f.Type), f.Type, "its fields are those of this view, too")
			}
		}
		for _, m := range methods[spec.Name.Name] {
			row(m.Name.Name, m.Type.Results.List[0].Type, m.Doc.Text())
		}
	}
	testkit.Golden(t, "../../../docs/views.md", []byte(b.String()))
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
