package gitrepo

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// secretsOf lists the forms in which the value of an Authorization header could
// turn up in a message: whole, its credential, what a Basic one encodes, and
// each of these once more encoded (rel/T15). The longest come first, so that no
// rest of one stays.
func secretsOf(header string) []string {
	bare := []string{header}
	fields := strings.Fields(header)
	for _, f := range fields[min(1, len(fields)):] { // after "Basic" or "Bearer"
		bare = append(bare, f)
		if text, err := base64.StdEncoding.DecodeString(f); err == nil {
			_, password, _ := strings.Cut(string(text), ":")
			bare = append(bare, string(text), password)
		}
	}
	var all []string
	for _, s := range bare {
		const short = 4 // hiding a letter everywhere would tell it
		if len(s) >= short {
			all = append(all, s, base64.StdEncoding.EncodeToString([]byte(s)), url.QueryEscape(s), url.PathEscape(s))
		}
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(all)
}

// tokenLike is how GitHub's tokens look, whoever they belong to.
var tokenLike = regexp.MustCompile(`\b(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{16,}`)

// hide takes secrets, and passwords within URLs, out of a message.
func hide(said string, secrets []string) string {
	const hidden = "[hidden]"
	for _, s := range secrets {
		said = strings.ReplaceAll(said, s, hidden)
	}
	said = tokenLike.ReplaceAllString(said, hidden)
	return passwordInURL.ReplaceAllString(said, "${1}"+hidden+"@")
}

// A user's own configuration may put a password into the URL (insteadOf).
var passwordInURL = regexp.MustCompile(`(://[^/\s:@]*:)[^/\s@]+@`)
