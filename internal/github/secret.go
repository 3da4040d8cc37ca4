package github

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// hidden stands in texts where a secret was.
const hidden = "[secret]"

// Secret is a text that does not show itself, whatever prints, logs or marshals
// it (rel/T15). The zero Secret is empty.
type Secret struct {
	text *string // behind a pointer, because fmt looks into unexported fields and asks no method there
}

func secretOf(text string) Secret { return Secret{&text} }

// reveal returns the text, for where it belongs: a header.
func (s Secret) reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// String returns a stand-in, as all methods do.
func (Secret) String() string               { return hidden }
func (Secret) GoString() string             { return hidden }
func (Secret) Format(f fmt.State, _ rune)   { _, _ = io.WriteString(f, hidden) }
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
func (Secret) LogValue() slog.Value         { return slog.StringValue(hidden) }

// shortest is the length from which a text is looked for: a shorter one is no
// secret, and would tear holes into every message.
const shortest = 6

// patterns are what tokens look like, ours or not: GitHub's own, the signed
// claims of an App, and names and passwords in addresses.
var patterns = []*regexp.Regexp{
	regexp.MustCompile(`\bgh[pousr]_[A-Za-z0-9_]{6,}`),
	regexp.MustCompile(`\bgithub_pat_[A-Za-z0-9_]{6,}`),
	regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`),
}

var userInfo = regexp.MustCompile(`://[^/@"<>\n]+@`)

// scrubber takes secrets out of texts.
type scrubber struct {
	mu    sync.RWMutex
	forms []string // in which known secrets appear
}

// learn makes the scrubber look for a secret.
func (s *scrubber) learn(secret string) {
	if len(secret) < shortest {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.forms, secret) {
		return
	}
	for _, form := range formsOf(secret) {
		if !slices.Contains(s.forms, form) {
			s.forms = append(s.forms, form)
		}
	}
}

// text returns a text without secrets.
func (s *scrubber) text(text string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, form := range s.forms {
		text = strings.ReplaceAll(text, form, hidden)
	}
	for _, p := range patterns {
		text = p.ReplaceAllString(text, hidden)
	}
	return userInfo.ReplaceAllString(text, "://"+hidden+"@")
}

// formsOf lists how a secret may be written: as it is, in an address, in hex and
// in Base64.
func formsOf(secret string) []string {
	in16 := hex.EncodeToString([]byte(secret))
	forms := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), in16, strings.ToUpper(in16)}
	for before := range 3 {
		forms = append(forms, inside(base64.RawStdEncoding, secret, before), inside(base64.RawURLEncoding, secret, before))
	}
	return forms
}

// inside is what Base64 shows of a secret that stands within a longer text, as
// in "name:secret" of Basic authorization. What it shows depends on the number
// of bytes before it, modulo three; characters shared with neighbours are left
// out.
func inside(e *base64.Encoding, secret string, before int) string {
	text := e.EncodeToString([]byte(strings.Repeat("\x00", before) + secret))
	from := (before*8 + 5) / 6
	to := (before + len(secret)) * 8 / 6
	return text[from:to]
}

// said makes a message of the server fit to be shown: no secret, nothing that
// steers a terminal, not too long.
func (s *scrubber) said(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\r':
			return ' '
		case r < ' ', r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.TrimSpace(s.text(text)) // before it is cut: half a secret would not be found
	const most = 300
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + " …"
	}
	return text
}
