package config

import (
	"io/fs"
	"net"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // time zones also where the machine has none installed
	"unicode"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// checker turns texts into settings. Each method returns the zero value for a
// setting that is not given or is wrong.
type checker struct {
	list *diag.List
	env  func(string) string
}

func (k *checker) wrong(at diag.Pos, hint, format string, args ...any) {
	k.list.Errorf(at, diag.ConfigValue, format, args...).Hint = hint
}

// webAddress reads an absolute http(s) address without user, query and fragment.
func (k *checker) webAddress(name string, v handbook.Located, like string) *url.URL {
	if v.Value == "" {
		return nil
	}
	u, err := url.Parse(v.Value)
	hint := "write an address like " + like
	switch {
	case err != nil:
		k.wrong(v.Pos, hint, "%s: this is no web address", name)
		return nil
	case u.User != nil: // not quoted in the message: it may be a password
		k.wrong(v.Pos, "delete what stands before the @", "%s: an address with a user name or password", name)
		return nil
	case !strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https") || u.Hostname() == "":
		if u.Scheme == "" && u.Host == "" && strings.Contains(v.Value, ".") {
			hint = "did you mean https://" + v.Value + "?"
		}
		k.wrong(v.Pos, hint, "%s: expected an address that begins with https:// or http://, found %q", name, v.Value)
		return nil
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		k.wrong(v.Pos, "delete everything from the ? or # on", "%s: an address with a query or fragment", name)
		return nil
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	return u
}

func withSlash(u *url.URL) string {
	return strings.TrimRight(u.String(), "/") + "/"
}

func (k *checker) baseURL(v handbook.Located) string {
	u := k.webAddress("base_url", v, "https://handbook.example.org/")
	if u == nil {
		return ""
	}
	return withSlash(u)
}

func (k *checker) repository(v handbook.Located) string {
	u := k.webAddress("repository", v, "https://github.com/example/handbook")
	if u == nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimRight(u.String(), "/"), ".git")
}

func (k *checker) apiURL(v handbook.Located) string {
	u := k.webAddress("github.api_url", v, "https://api.github.com/")
	if u == nil {
		return ""
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		k.wrong(v.Pos, "write https://", "github.api_url: a token would travel unencrypted to %s", u.Host)
		return ""
	}
	return withSlash(u)
}

// staleAfter reads an age: hours or days, or never.
func (k *checker) staleAfter(v handbook.Located, unset time.Duration) time.Duration {
	switch v.Value {
	case "":
		return unset
	case "never":
		return 0
	}
	if days, ok := strings.CutSuffix(v.Value, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n < 10000 {
			return time.Duration(n) * 24 * time.Hour
		}
	}
	if d, err := time.ParseDuration(v.Value); err == nil && d >= time.Minute {
		return d
	}
	k.wrong(v.Pos, "write hours or days, such as 36h or 3d, or never", "metrics.stale_after: %q is no age", v.Value)
	return unset
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

func (k *checker) language(v handbook.Located) string {
	if v.Value == "" || languageTag.MatchString(v.Value) {
		return v.Value
	}
	k.wrong(v.Pos, "write a tag like en, de or pt-BR", "language: %q is no language tag", v.Value)
	return ""
}

func (k *checker) timeZone(v handbook.Located) *time.Location {
	if v.Value == "" {
		return nil
	}
	if zone := zone(v.Value); zone != nil {
		return zone
	}
	hint := "write a name like Europe/Berlin, or UTC"
	if near := spelled(v.Value); zone(near) != nil {
		hint = "did you mean " + near + "?"
	}
	k.wrong(v.Pos, hint, "time_zone: no time zone is called %q", v.Value)
	return nil
}

// zone returns the time zone with an IANA name; nil where there is none. Local
// is none: the site must not depend on the machine that builds it.
func zone(name string) *time.Location {
	if strings.EqualFold(name, "local") {
		return nil
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return z
}

// spelled writes a name as most time zones are written: Europe/Berlin for
// "europe/berlin", America/New_York for "america/new york".
func spelled(name string) string {
	out := []rune(strings.ToLower(strings.ReplaceAll(name, " ", "_")))
	for i := range out {
		if i == 0 || out[i-1] == '/' || out[i-1] == '_' {
			out[i] = unicode.ToUpper(out[i])
		}
	}
	return string(out)
}

func (k *checker) theme(v handbook.Located) string {
	if v.Value == "" {
		return ""
	}
	if !fs.ValidPath(v.Value) || strings.ContainsAny(v.Value, `/\`) || strings.HasPrefix(v.Value, ".") {
		k.wrong(v.Pos, "write the name of a folder of themes/", "theme: %q is no name of a folder", v.Value)
		return ""
	}
	return v.Value
}

func (k *checker) content(v handbook.Located) string {
	if v.Value == "" {
		return ""
	}
	dir := path.Clean(v.Value)
	if !fs.ValidPath(dir) || strings.Contains(dir, `\`) {
		k.wrong(v.Pos, "write a folder below the site's, like content", "content: %q is not below the folder of the site", v.Value)
		return ""
	}
	return dir
}

var variable = regexp.MustCompile(`\$\{([^}]*)\}`)

// store expands ${NAME} and sees to it that the file itself holds no password.
func (k *checker) store(v handbook.Located) string {
	if u, err := url.Parse(v.Value); err == nil && u.User != nil {
		if password, given := u.User.Password(); given && !variable.MatchString(password) {
			k.wrong(v.Pos, "write ${RUTTER_STORE} and put the address into that environment variable", "metrics.store: a password does not belong into this file")
			return ""
		}
	}
	missing := false
	store := variable.ReplaceAllStringFunc(v.Value, func(m string) string {
		name := variable.FindStringSubmatch(m)[1]
		value := k.env(name)
		if value == "" {
			missing = true
			k.list.Warnf(v.Pos, diag.ConfigValue, "metrics.store: the environment variable %q is not set", name).Hint = "without it there is no store; set it where the site is built, or ignore this"
		}
		return value
	})
	if missing {
		return ""
	}
	return store
}
