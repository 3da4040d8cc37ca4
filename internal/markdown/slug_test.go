package markdown

import (
	"slices"
	"testing"
)

// The cases are those in which ids of GitHub surprise people.
func TestSlug(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Simple":                       "simple",
		"Two words":                    "two-words",
		"Two  spaces":                  "two--spaces",
		"Q&A":                          "qa",
		"Q & A":                        "q--a",
		"Hello, World!":                "hello-world",
		"C++ / C#":                     "c--c",
		"under_score":                  "under_score",
		"a - b -- c":                   "a---b----c",
		"1.2.3 (2024-01-02)":           "123-2024-01-02",
		"What's new?":                  "whats-new",
		"“Quoted” – dash — and … dots": "quoted--dash--and--dots",
		"Ünïcode ÀÉ":                   "ünïcode-àé",
		"Привет мир":                   "привет-мир",
		"你好，世界":                        "你好世界",
		"हिन्दी":                       "हिन्दी",
		"Ⅳ four":                       "ⅳ-four",
		"x² + y²":                      "x--y",
		"🚀 Launch":                     "-launch",
		"tab\tand\u00A0space":          "tabandspace",
		"already-a-slug":               "already-a-slug",
		"":                             "",
	} {
		if got := slug(text); got != want {
			t.Errorf("slug(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestSlugger(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		texts, want []string
	}{
		{"repeated", []string{"A", "a", "A!"}, []string{"a", "a-1", "a-2"}},
		{"suffix taken before", []string{"a-1", "a", "a"}, []string{"a-1", "a", "a-2"}},
		{"suffix taken after", []string{"a", "a", "a-1", "a-1"}, []string{"a", "a-1", "a-1-1", "a-1-2"}},
		{"nothing left", []string{"!", "?"}, []string{"section", "section-1"}},
		{"ours", []string{"rt nav"}, []string{"h-rt-nav"}},
	}
	for _, test := range tests {
		var s slugger
		s.reset()
		var got []string
		for _, text := range test.texts {
			got = append(got, s.heading("", text))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: ids of %q are %q, want %q", test.name, test.texts, got, test.want)
		}
	}
}
