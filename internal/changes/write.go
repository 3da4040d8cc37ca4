package changes

import (
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// unchanged is what all texts say of a report without changes.
const unchanged = "Nothing changed."

// JSON writes the report for programs.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// columns is the width of a Text.
const columns = 80

// Text writes the report for a terminal.
func (r *Report) Text(w io.Writer) error {
	var b strings.Builder
	if len(r.Changes) == 0 {
		b.WriteString(unchanged + "\n")
	} else {
		fold(&b, "", "  ", r.sum())
		if who := concerns(r.Affected.Roles, r.Affected.Paths, len(r.Affected.Roles)+len(r.Affected.Paths)); who != "" {
			fold(&b, "", "  ", "Concerns "+who)
		}
	}
	group := -1
	for _, c := range r.Changes {
		if g := groupOf(c.Kind); g != group {
			group = g
			b.WriteString("\n" + groups[g].title + "\n")
		}
		fold(&b, "  ", "    ", c.Text)
		if who := concerns(c.Roles, c.Paths, most); who != "" {
			fold(&b, "    ", "    ", "concerns "+who)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// sum is how many changes there are.
func (r *Report) sum() string {
	s := plural(len(r.Changes), "change")
	if n := r.Affected.Pages; n > 0 {
		s += " on " + plural(n, "page")
	}
	return s
}

func groupOf(k Kind) int {
	for i, g := range groups {
		if slices.Contains(g.kinds, k) {
			return i
		}
	}
	return len(groups) - 1
}

// concerns names roles and reading paths, so many of each; "" where there are
// none.
func concerns(roles, paths []Page, limit int) string {
	say := func(label string, list []Page) string {
		if len(list) == 0 {
			return ""
		}
		var titles []string
		for _, p := range list[:min(len(list), limit)] {
			titles = append(titles, p.Title)
		}
		s := label + strings.Join(titles, ", ")
		if n := len(list) - len(titles); n > 0 {
			s += " and " + strconv.Itoa(n) + " more"
		}
		return s
	}
	label := "path "
	if len(paths) > 1 {
		label = "paths "
	}
	return strings.TrimPrefix(strings.TrimSuffix(say("", roles)+"; "+say(label, paths), "; "), "; ")
}

// fold writes a text within the columns. A word that is longer has a line of
// its own.
func fold(b *strings.Builder, first, rest, text string) {
	line, at := first, 0
	for _, w := range strings.Fields(text) {
		if at > 0 && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) > columns {
			b.WriteString(line + "\n")
			line, at = rest, 0
		}
		if at > 0 {
			line += " "
		}
		line += w
		at++
	}
	b.WriteString(line + "\n")
}

// comment is how many bytes a Markdown may have: GitHub takes 65,536 characters
// in a comment, and who posts it may add something.
const comment = 60_000

// Markdown writes the report for a comment on a pull request. With the address
// of a site, which ends with a slash, pages are links.
func (r *Report) Markdown(w io.Writer, site string) error {
	var b strings.Builder
	if len(r.Changes) == 0 {
		b.WriteString(unchanged + "\n")
		_, err := io.WriteString(w, b.String())
		return err
	}
	b.WriteString("### What changes for readers\n\n" + r.sum())
	if who := concerns(r.Affected.Roles, r.Affected.Paths, most); who != "" {
		b.WriteString(", concerns " + escape(who))
	}
	b.WriteString("\n")
	group := -1
	for i, c := range r.Changes {
		var item strings.Builder
		g := groupOf(c.Kind)
		if g != group {
			item.WriteString("\n**" + groups[g].title + "**\n\n")
		}
		item.WriteString("- ")
		for _, w := range c.say {
			text := escape(w.text)
			if w.to != nil && w.to.there && site != "" {
				text = "[" + text + "](<" + site + (&url.URL{Path: w.to.Address}).EscapedPath() + ">)"
			}
			item.WriteString(text)
		}
		if who := concerns(c.Roles, c.Paths, most); who != "" {
			item.WriteString(" (concerns " + escape(who) + ")")
		}
		item.WriteString("\n")
		last := "\nand " + strconv.Itoa(len(r.Changes)-i) + " more\n"
		if b.Len()+item.Len()+len("\nand 1000000 more\n") > comment {
			b.WriteString(last)
			break
		}
		group = g
		b.WriteString(item.String())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// unseen is a space of no width. After it GitHub sees no mention (@team), no
// reference (#12, GH-12) and no address, whatever stands before it.
const unseen = "\u200b"

var escapes = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;",
	"\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "{", "\\{", "}", "\\}", "|", "\\|", "~", "\\~", "!", "\\!", "$", "\\$",
	"@", "@"+unseen, "#", "\\#"+unseen, "://", ":"+unseen+"//", "www.", "www"+unseen+".", "GH-", "GH"+unseen+"-", "gh-", "gh"+unseen+"-",
)

// escape makes Markdown that shows a plain text, and does nothing else.
func escape(s string) string { return escapes.Replace(s) }
