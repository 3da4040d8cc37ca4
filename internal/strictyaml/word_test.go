package strictyaml_test

import (
	"fmt"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/strictyaml"
)

// A name with a kind before it is a text, in brackets, in braces and on a line of
// its own; with a space after the colon it is a key and its value.
func TestNamesWithKinds(t *testing.T) {
	t.Parallel()
	type item struct {
		Ref  handbook.Located `yaml:"ref,bare"`
		Role handbook.Located `yaml:"role"`
	}
	for _, tt := range []struct{ yaml, want string }{
		{"items: [role:qa]", "[role:qa ]"},
		{"items: [a, role:qa , process:b#c]", "[a ][role:qa ][process:b#c ]"},
		{"items: [{ref: role:qa}]", "[role:qa ]"},
		{"items: [{ref: role:qa, role: b}]", "[role:qa b]"},
		{"items:\n  - role:qa\n  - ref: role:qa", "[role:qa ][role:qa ]"},
		{"items: [role: qa]", "[ qa]"},
		{"items: [{role: qa}]", "[ qa]"},
		{"items:\n  - role: qa", "[ qa]"},
		{"items: [\"role:qa\", 'a']", "[role:qa ][a ]"},
	} {
		var v struct {
			Items []item `yaml:"items"`
		}
		var l diag.List
		strictyaml.Decode([]byte(tt.yaml), diag.Pos{Path: "f", Line: 1, Column: 1}, &v, codes, &l)
		got := ""
		for _, i := range v.Items {
			got += fmt.Sprintf("[%s %s]", i.Ref.Value, i.Role.Value)
		}
		for _, f := range l.All() {
			got += f.Message
		}
		if got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.yaml, got, tt.want)
		}
	}
}
