package archetype

import (
	"slices"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/source"
)

// TestKeysAreThoseThatAreRead holds the keys of new pages against the schemas,
// which are made from what package source reads.
func TestKeysAreThoseThatAreRead(t *testing.T) {
	t.Parallel()
	schemas := source.Schemas()
	for _, kind := range Kinds() {
		if _, ok := shapes[kind]; !ok {
			t.Errorf("%s: no shape", kind)
		}
		read, _ := schemas[string(kind)]["properties"].(map[string]any)
		used, offered := keysFor(kind)
		var names []string
		for _, k := range append(used, offered...) {
			if read[k.name] == nil {
				t.Errorf("%s: %q is not read", kind, k.name)
			}
			if slices.Contains(names, k.name) {
				t.Errorf("%s: %q stands there twice", kind, k.name)
			}
			names = append(names, k.name)
		}
		for _, n := range strings.Fields(useful[kind]) {
			if !slices.Contains(names, n) {
				t.Errorf("%s: there is no key %q to offer", kind, n)
			}
		}
		required, _ := schemas[string(kind)]["required"].([]any)
		for _, n := range required {
			if !slices.ContainsFunc(used, func(k key) bool { return k.name == n }) {
				t.Errorf("%s: %q is required and not in use", kind, n)
			}
		}
		if kind == handbook.Service && read["metrics"] == nil {
			t.Errorf("%s: metrics is not read", kind)
		}
	}
}
