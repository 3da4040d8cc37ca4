package github

import "testing"

func TestRel_A15_NextPage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"none", nil, 0},
		{"GitHub's", []string{`<https://api.github.com/repositories/1/pulls?per_page=100&page=2>; rel="next", <https://api.github.com/repositories/1/pulls?per_page=100&page=9>; rel="last"`}, 2},
		{"last page", []string{`<https://api.github.com/x?page=1>; rel="first", <https://api.github.com/x?page=8>; rel="prev"`}, 0},
		{"rel without quotes", []string{`<https://api.github.com/x?page=2>;rel=next`}, 2},
		{"upper case", []string{`<https://api.github.com/x?page=2>; REL="NEXT"`}, 2},
		{"two headers", []string{`<https://api.github.com/x?page=9>; rel="last"`, `<https://api.github.com/x?page=2>; rel="next"`}, 2},
		{"several relations", []string{`<https://api.github.com/x?page=2>; rel="next last"`}, 2},
		{"further parameters", []string{`<https://api.github.com/x?page=2>; title="a"; rel="next"`}, 2},
		{"comma in the address", []string{`<https://api.github.com/x?labels=a,b&page=2>; rel="next", <https://api.github.com/x?page=3>; rel="last"`}, 2},
		{"another host", []string{`<https://elsewhere.test/x?page=2>; rel="next"`}, 2},
		{"loop", []string{`<https://api.github.com/x?page=1>; rel="next"`}, 1},
		{"far page", []string{`<https://api.github.com/x?page=1000000000>; rel="next"`}, 1000000000},
		{"no page", []string{`<https://api.github.com/x?after=abc>; rel="next"`}, 0},
		{"page is no number", []string{`<https://api.github.com/x?page=two>; rel="next"`}, 0},
		{"page below 1", []string{`<https://api.github.com/x?page=-2>; rel="next"`}, 0},
		{"page beyond all numbers", []string{`<https://api.github.com/x?page=99999999999999999999>; rel="next"`}, 0},
		{"no address", []string{`rel="next"`}, 0},
		{"not closed", []string{`<https://api.github.com/x?page=2; rel="next"`}, 0},
		{"bad address", []string{`<http://a b%zz?page=2>; rel="next"`}, 0},
		{"empty", []string{``, `<>; rel="next"`, `,;<`}, 0},
	} {
		if got := nextPage(test.headers); got != test.want {
			t.Errorf("%s: %q: got page %d, want %d", test.name, test.headers, got, test.want)
		}
	}
}

func FuzzNextPage(f *testing.F) {
	f.Add(`<https://api.github.com/x?page=2>; rel="next", <https://api.github.com/x?page=3>; rel="last"`)
	f.Add(`<<>>;;rel==,,next`)
	f.Fuzz(func(t *testing.T, header string) {
		if got := nextPage([]string{header}); got < 0 {
			t.Errorf("%q: page %d", header, got)
		}
	})
}
