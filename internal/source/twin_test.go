package source

import "testing"

func TestTwin(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"---\ntitle: x\n---\n\nText.\n", "# QA\n\n> Tries it.\n\nText.\n"},
		{"# Own\n\nText.\n", "# Own\n\nText.\n"},
		{"\ufeffText\r\n", "# QA\n\n> Tries it.\n\nText\n"},
		{"a <!-- not for\nreaders --> b\n", "# QA\n\n> Tries it.\n\na  b\n"},
		{"```html\n<!-- shown -->\n```\n<!-- not -->end\n", "# QA\n\n> Tries it.\n\n```html\n<!-- shown -->\n```\nend\n"},
		{"- ~~~~\n  ```\n  <!-- shown -->\n  ~~~~\n<!-- open", "# QA\n\n> Tries it.\n\n- ~~~~\n  ```\n  <!-- shown -->\n  ~~~~\n<!-- open"},
		{"", "# QA\n\n> Tries it.\n\n"},
	} {
		if got := string(Twin([]byte(tt.text), "QA", "Tries it.")); got != tt.want {
			t.Errorf("%q\ngot  %q\nwant %q", tt.text, got, tt.want)
		}
	}
}
