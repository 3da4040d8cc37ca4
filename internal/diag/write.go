package diag

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// WriteText prints each finding as `path:line:col: severity[CODE]: what`, the
// source line with a caret under the place, and the hint.
func (l *List) WriteText(w io.Writer) error {
	var b strings.Builder
	for _, f := range l.findings {
		if at := f.Pos.String(); at != "" {
			fmt.Fprintf(&b, "%s: ", plain(at))
		}
		fmt.Fprintf(&b, "%s[%s]: %s\n", f.Severity, f.Code, plain(f.Message))
		switch {
		case f.Source != "":
			writeSource(&b, f)
		case f.Hint != "":
			writeHint(&b, f.Hint)
		}
		for _, r := range f.Related {
			fmt.Fprintf(&b, "        %s: %s\n", plain(r.Pos.String()), plain(r.Message))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeSource prints the source line, cut around the place where it is long,
// and below it the caret with the hint.
func writeSource(b *strings.Builder, f *Finding) {
	const width = 66 // with the line number in front, inside 80 columns
	line := []rune(strings.ReplaceAll(f.Source, "\t", " "))
	column := max(f.Pos.Column, 1)
	start := 0
	if len(line) > width && column > width-20 {
		start = min(column-20, len(line))
	}
	end := min(len(line), start+width)
	shown := plain(string(line[start:end]))
	if start > 0 {
		shown = "…" + shown
		start--
	}
	if end < len(line) {
		shown += "…"
	}
	number := fmt.Sprintf("%6d", f.Pos.Line)
	fmt.Fprintf(b, "%s | %s\n", number, shown)
	if f.Pos.Column > 0 || f.Hint != "" {
		caret := fmt.Sprintf("%6s | %s^", "", strings.Repeat(" ", max(column-1-start, 0)))
		hint := plain(f.Hint)
		if room := columns - utf8.RuneCountInString(caret) - 1; hint != "" && utf8.RuneCountInString(hint) <= room {
			caret, hint = caret+" "+hint, ""
		}
		b.WriteString(caret + "\n")
		if hint != "" {
			writeHint(b, f.Hint)
		}
	}
}

// columns is the width of a terminal that text is laid out for.
const columns = 80

// writeHint prints a hint on lines of its own.
func writeHint(b *strings.Builder, hint string) {
	const indent = "        "
	line := indent
	for _, word := range phrases(plain(hint)) {
		if len(line) > len(indent) && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > columns {
			b.WriteString(line + "\n")
			line = indent
		}
		if len(line) > len(indent) {
			line += " "
		}
		line += word
	}
	b.WriteString(line + "\n")
}

// phrases divides text where a line may end: at spaces, but not inside quotes,
// since commands in them are there to be copied.
func phrases(text string) []string {
	var list []string
	open := ""
	for _, word := range strings.Fields(text) {
		if open != "" {
			list[len(list)-1] += " " + word
		} else {
			list = append(list, word)
			if word[0] == '\'' || word[0] == '`' {
				open, word = word[:1], word[1:]
			}
		}
		if open != "" && strings.Contains(word, open) {
			open = ""
		}
	}
	return list
}

// plain makes text safe to print: control and direction-changing characters,
// which file names and titles may hold, are written out.
func plain(s string) string {
	if !strings.ContainsFunc(s, unsafe) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unsafe(r) {
			fmt.Fprintf(&b, "\\u%04x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func unsafe(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// WriteJSON prints one object of the schema rutter.findings/1.
func (l *List) WriteJSON(w io.Writer) error {
	type related struct {
		Path    string `json:"path"`
		Line    int    `json:"line"`
		Column  int    `json:"column"`
		Message string `json:"message"`
	}
	type finding struct {
		Code     Code      `json:"code"`
		Severity string    `json:"severity"`
		Path     string    `json:"path"`
		Line     int       `json:"line"`
		Column   int       `json:"column"`
		Message  string    `json:"message"`
		Hint     string    `json:"hint"`
		Related  []related `json:"related"`
	}
	out := struct {
		Schema   string    `json:"schema"`
		Findings []finding `json:"findings"`
	}{"rutter.findings/1", []finding{}}
	for _, f := range l.findings {
		row := finding{f.Code, f.Severity.String(), f.Pos.Path, f.Pos.Line, f.Pos.Column, f.Message, f.Hint, []related{}}
		for _, r := range f.Related {
			row.Related = append(row.Related, related{r.Pos.Path, r.Pos.Line, r.Pos.Column, r.Message})
		}
		out.Findings = append(out.Findings, row)
	}
	return encode(w, out)
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// WriteGitHub prints workflow commands, which GitHub shows as annotations on
// the lines of a pull request.
func (l *List) WriteGitHub(w io.Writer) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	var b strings.Builder
	for _, f := range l.findings {
		fmt.Fprintf(&b, "::%s ", f.Severity)
		if f.Pos.Path != "" {
			fmt.Fprintf(&b, "file=%s,", property.Replace(f.Pos.Path))
			if f.Pos.Line > 0 {
				fmt.Fprintf(&b, "line=%d,", f.Pos.Line)
				if f.Pos.Column > 0 {
					fmt.Fprintf(&b, "col=%d,", f.Pos.Column)
				}
			}
		}
		text := f.Message
		if f.Hint != "" {
			text += "\n" + f.Hint
		}
		fmt.Fprintf(&b, "title=%s::%s\n", property.Replace(string(f.Code)), data.Replace(text))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteSARIF prints a SARIF 2.1.0 log, which code scanning reads.
func (l *List) WriteSARIF(w io.Writer, version string) error {
	type object = map[string]any
	rules := []object{}
	for _, c := range Codes {
		rules = append(rules, object{"id": c.Code, "shortDescription": object{"text": c.Title}})
	}
	results := []object{}
	for _, f := range l.findings {
		text := f.Message
		if f.Hint != "" {
			text += ". " + f.Hint
		}
		r := object{"ruleId": f.Code, "level": f.Severity.String(), "message": object{"text": text}}
		if f.Pos.Path != "" {
			place := object{"artifactLocation": object{"uri": (&url.URL{Path: f.Pos.Path}).String()}}
			if f.Pos.Line > 0 {
				region := object{"startLine": f.Pos.Line}
				if f.Pos.Column > 0 {
					region["startColumn"] = f.Pos.Column
				}
				place["region"] = region
			}
			r["locations"] = []object{{"physicalLocation": place}}
		}
		results = append(results, r)
	}
	return encode(w, object{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json",
		"version": "2.1.0",
		"runs": []object{{
			"columnKind": "unicodeCodePoints",
			"results":    results,
			"tool":       object{"driver": object{"name": "rutter", "version": version, "rules": rules}},
		}},
	})
}
