package testkit

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// framePage is the name of the one page of a site that has a policy of its own:
// diagrams are drawn in it, in a sandboxed frame.
var framePage = regexp.MustCompile(`^assets/diagram\.[0-9a-f]{10}\.html$`)

// framePolicy is that policy, with the hash of its script left out: it runs that
// script and no other, reaches nothing, and may style what it draws.
const framePolicy = "default-src 'none'; script-src 'sha256-HASH'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

// CheckFrame judges the page that draws diagrams: it has its policy before all
// else, one script, which the policy names by its hash, and loads nothing.
func CheckFrame(name string, page []byte) []string {
	var p problems
	scripts, policies := 0, 0
	var policy, code string
	for n := range parse(page, true).Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			name := attrName(a)
			if strings.HasPrefix(name, "on") || name == "src" || name == "href" || name == "srcdoc" || name == "action" {
				p.add("frame", "%s on <%s>", name, n.Data)
			}
		}
		switch equiv, _ := attr(n, "http-equiv"); {
		case n.Data == "script":
			if scripts++; policies == 0 {
				p.add("frame", "a script before the policy")
			}
			if n.FirstChild != nil {
				code = n.FirstChild.Data
			}
		case n.Data == "style" && policies == 0:
			p.add("frame", "a style before the policy")
		case strings.EqualFold(equiv, "content-security-policy"):
			policies++
			policy, _ = attr(n, "content")
		case n.Data == "iframe", n.Data == "object", n.Data == "embed", n.Data == "base", equiv != "":
			p.add("frame", "<%s>", n.Data)
		}
	}
	if scripts != 1 || policies != 1 {
		p.add("frame", "%d scripts and %d policies, want 1 of each", scripts, policies)
	}
	sum := sha256.Sum256([]byte(code))
	if want := strings.Replace(framePolicy, "HASH", base64.StdEncoding.EncodeToString(sum[:]), 1); policy != want {
		p.add("frame", "the policy is %q, want %q", policy, want)
	}
	return under(name, p.all)
}
