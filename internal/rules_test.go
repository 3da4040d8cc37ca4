package internal_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every rule of the metric specification is cited by a test: as
// TestMetrics_X2_… or as metrics/X2.
func TestEveryRuleIsCited(t *testing.T) {
	t.Parallel()
	count := map[string]int{"D": 9, "C": 11, "L": 7, "F": 3, "X": 8, "T": 3, "S": 5, "B": 3, "G": 8}
	cited := map[string]bool{}
	name := regexp.MustCompile(`func TestMetrics((?:_[A-Z]\d+)+)_`)
	comment := regexp.MustCompile(`metrics/([A-Z]\d+(?:, [A-Z]\d+)*)`)
	id := regexp.MustCompile(`[A-Z]\d+`)
	for _, root := range []string{".", "../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			data, err := os.ReadFile(path)
			for _, pattern := range []*regexp.Regexp{name, comment} {
				for _, m := range pattern.FindAllStringSubmatch(string(data), -1) {
					for _, rule := range id.FindAllString(m[1], -1) {
						cited[rule] = true
					}
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for family, n := range count {
		first := 1
		if family == "X" {
			first = 0
		}
		for i := first; i <= n; i++ {
			rule := family + string(rune('0'+i))
			if i > 9 {
				rule = family + "1" + string(rune('0'+i-10))
			}
			if !cited[rule] {
				t.Errorf("no test cites metrics/%s", rule)
			}
		}
	}
}
