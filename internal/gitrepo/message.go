package gitrepo

import (
	"bytes"
	"regexp"
	"slices"
)

// What messages say of other work. Git and GitHub write these words; only full
// names of commits count, since a short one may come to mean several.
var (
	revertLine = regexp.MustCompile(`(?m)^[ \t]*This reverts commit ([0-9a-f]{64}|[0-9a-f]{40})\b`)
	pickedLine = regexp.MustCompile(`(?m)^[ \t]*\(cherry picked from commit ([0-9a-f]{64}|[0-9a-f]{40})\)`)
	squashed   = regexp.MustCompile(`\(#([1-9][0-9]{0,17})\)$`)
	merged     = regexp.MustCompile(`^Merge pull request #([1-9][0-9]{0,17}) from `)
)

// readMessage finds the commits that a message takes back, those that it is a
// copy of, and the number of its pull request (metrics/C3, C6, X1). It keeps no
// part of text.
func readMessage(text []byte) (reverts, picked []string, pull string) {
	if bytes.Contains(text, []byte("This reverts commit ")) {
		reverts = named(revertLine, text)
	}
	if bytes.Contains(text, []byte("(cherry picked from commit ")) {
		picked = named(pickedLine, text)
	}
	return reverts, picked, pullRequest(subject(text))
}

// named lists what the group of an expression matches, each once.
func named(re *regexp.Regexp, text []byte) (found []string) {
	for _, m := range re.FindAllSubmatch(text, -1) {
		if sha := string(m[1]); !slices.Contains(found, sha) {
			found = append(found, sha)
		}
	}
	return found
}

// subject is the first paragraph of a message, as for git.
func subject(text []byte) []byte {
	text = bytes.TrimLeft(text, " \t\r\n")
	end := 0
	for end < len(text) {
		line := text[end:]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		end += len(line)
	}
	return bytes.TrimSpace(text[:end])
}

// pullRequest is the number in a subject, "" where there is none.
func pullRequest(subject []byte) string {
	var found [][]byte
	switch {
	case bytes.HasSuffix(subject, []byte(")")):
		found = squashed.FindSubmatch(subject)
	case bytes.HasPrefix(subject, []byte("Merge pull request #")):
		found = merged.FindSubmatch(subject)
	}
	if found == nil {
		return ""
	}
	return string(found[1])
}
