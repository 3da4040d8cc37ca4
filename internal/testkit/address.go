package testkit

import (
	"regexp"
	"slices"
	"strings"
)

// bare is an address as a browser reads it: no white space around it, no tabs
// and line ends within, backslashes for slashes.
func bare(address string) string {
	address = strings.TrimFunc(address, func(r rune) bool { return r <= ' ' })
	address = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(address)
	if scheme(address) == "" {
		path, rest := address, ""
		if i := strings.IndexAny(address, "?#"); i >= 0 {
			path, rest = address[:i], address[i:]
		}
		address = strings.ReplaceAll(path, `\`, "/") + rest
	}
	return address
}

var schemeRE = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):`)

// scheme is the scheme of an address, in lower case. Control characters are
// left out wherever they stand: not every browser stopped at the standard.
func scheme(address string) string {
	address = strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f || r == '\u00ad' || r == '\u200b' || r == '\ufeff' {
			return -1
		}
		return r
	}, address)
	if m := schemeRE.FindStringSubmatch(address); m != nil {
		return strings.ToLower(m[1])
	}
	return ""
}

// linkSchemes are those that a reader may follow.
var linkSchemes = []string{"", "http", "https", "mailto", "tel"}

// followable reports whether a link may lead to address.
func followable(address string) bool { return slices.Contains(linkSchemes, scheme(address)) }

// foreign reports whether an address lies on a host that it names itself.
func foreign(address string) bool {
	return scheme(address) != "" || strings.HasPrefix(bare(address), "//")
}

var dataImage = regexp.MustCompile(`(?i)^data:image/(png|gif|jpeg|webp|avif|svg\+xml)[;,]`)

// candidates splits a srcset: an address has no white space in it, and a comma
// ends it only at its end.
func candidates(srcset string) []string {
	var all []string
	for {
		srcset = strings.TrimLeft(srcset, ", \t\n\r\f")
		if srcset == "" {
			return all
		}
		end := strings.IndexAny(srcset, " \t\n\r\f")
		if end < 0 {
			end = len(srcset)
		}
		address := srcset[:end]
		srcset = srcset[end:]
		if trimmed := strings.TrimRight(address, ","); trimmed != address {
			address = trimmed
		} else if _, rest, ok := strings.Cut(srcset, ","); ok {
			srcset = rest
		} else {
			srcset = ""
		}
		all = append(all, address)
	}
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?(\*/|$)`)
	cssEscape  = regexp.MustCompile(`\\([0-9A-Fa-f]{1,6})[ \t\n\r\f]?|\\([^\n])`)
	cssAddress = regexp.MustCompile(`(?i)(?:url|src|image)\(\s*("[^"]*"|'[^']*'|[^)"']*)|@import\s+("[^"]*"|'[^']*')|image-set\(([^)]*)`)
	cssString  = regexp.MustCompile(`"([^"]*)"|'([^']*)'`)
)

// styleAddresses lists what a style sheet loads.
func styleAddresses(css string) []string {
	css = cssEscape.ReplaceAllStringFunc(cssComment.ReplaceAllString(css, " "), unescapeCSS)
	var all []string
	for _, m := range cssAddress.FindAllStringSubmatch(css, -1) {
		for _, s := range m[1:3] {
			if s = strings.Trim(strings.TrimSpace(s), `"'`); s != "" {
				all = append(all, s)
			}
		}
		for _, s := range cssString.FindAllStringSubmatch(m[3], -1) {
			all = append(all, s[1]+s[2])
		}
	}
	return all
}

func unescapeCSS(escape string) string {
	digits := strings.TrimRight(escape[1:], " \t\n\r\f")
	r := rune(0)
	for _, c := range digits {
		i := strings.IndexRune("0123456789abcdef", c|0x20)
		if c >= '0' && c <= '9' {
			i = int(c - '0')
		}
		if i < 0 {
			return escape[1:]
		}
		r = r<<4 | rune(i)
	}
	if digits == "" {
		return escape[1:]
	}
	return string(r)
}
