package testkit

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// SiteOptions say where a site is to be served.
type SiteOptions struct {
	Base string // path of its root, with slashes at both ends; "": "/"
	URL  string // of its root, where the site was told; "": absolute links lead elsewhere
}

// CheckSite fails the test with every problem of a built site, given as
// os.DirFS(dir) or as Files(map).
func CheckSite(t testing.TB, site fs.FS, opts SiteOptions) {
	t.Helper()
	for _, problem := range SiteProblems(site, opts) {
		t.Error(problem)
	}
}

// SiteProblems judges every file of a built site, and every address in it: a
// relative one must lead to a file of the site, of exactly that case, and to an
// id on it where it names one.
func SiteProblems(site fs.FS, opts SiteOptions) []string {
	c := siteCheck{opts: opts, files: map[string]bool{}, dirs: map[string]bool{}, ids: map[string]map[string]bool{}}
	if c.opts.Base == "" {
		c.opts.Base = "/"
		if u, err := url.Parse(opts.URL); err == nil && strings.HasSuffix(u.Path, "/") {
			c.opts.Base = u.Path
		}
	}
	var names []string
	err := fs.WalkDir(site, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			c.dirs[name] = true
		case !d.Type().IsRegular():
			c.all = append(c.all, name+": file: not a regular file")
		default:
			c.files[name] = true
			names = append(names, name)
		}
		return nil
	})
	for _, name := range names {
		data, rerr := fs.ReadFile(site, name)
		if rerr != nil && err == nil {
			err = rerr
		}
		c.file(name, data)
	}
	if err != nil {
		return append(c.all, "site: "+err.Error())
	}
	if !c.files["index.html"] {
		c.all = append(c.all, "site: no index.html at the root")
	}
	for _, l := range c.found {
		if what := c.follow(l); what != "" {
			c.all = append(c.all, fmt.Sprintf("%s: link: %s leads to %s", l.from, clip(l.to), what))
		}
	}
	slices.Sort(c.all)
	return slices.Compact(c.all)
}

// siteCheck is what one pass over a site has seen.
type siteCheck struct {
	opts        SiteOptions
	files, dirs map[string]bool
	ids         map[string]map[string]bool // by page
	found       []siteLink
	all         []string
}

type siteLink struct{ from, to string }

// file judges one file by its kind and notes its addresses.
func (c *siteCheck) file(name string, data []byte) {
	link := func(to string) { c.found = append(c.found, siteLink{name, to}) }
	if framePage.MatchString(name) {
		c.all = append(c.all, CheckFrame(name, data)...)
		return
	}
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".html":
		c.all = append(c.all, CheckPage(name, data)...)
		doc := parse(data, false)
		c.ids[name] = anchors(doc)
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			for _, a := range n.Attr {
				for _, l := range links(n, attrName(a), a.Val) {
					link(l.address)
				}
			}
		}
	case ".css":
		c.all = append(c.all, CheckCSS(name, data)...)
		for _, to := range styleAddresses(string(data)) {
			link(to)
		}
	case ".svg":
		c.all = append(c.all, CheckSVG(name, data)...)
	case ".webmanifest":
		var m struct {
			Start string `json:"start_url"`
			Icons []struct{ Src string }
		}
		if err := json.Unmarshal(data, &m); err != nil {
			c.all = append(c.all, fmt.Sprintf("%s: manifest: %v", name, err))
		}
		for _, icon := range m.Icons {
			link(icon.Src)
		}
		if m.Start != "" {
			link(m.Start)
		}
	case ".json":
		if !json.Valid(data) {
			c.all = append(c.all, name+": data: not JSON")
		}
	case ".xml":
		if strings.HasPrefix(path.Base(name), "sitemap") {
			c.sitemap(name, string(data))
		}
	case ".htm", ".xhtml", ".xht", ".shtml", ".svgz", ".swf", ".mht", ".mhtml", ".xsl", ".xslt", ".hta":
		c.all = append(c.all, fmt.Sprintf("%s: file: %s runs code without our policy", name, ext))
	}
}

var locations = regexp.MustCompile(`<loc>\s*([^<]*?)\s*</loc>`)

func (c *siteCheck) sitemap(name, text string) {
	for _, m := range locations.FindAllStringSubmatch(text, -1) {
		to := html.UnescapeString(m[1])
		if c.opts.URL == "" || !strings.HasPrefix(to, c.opts.URL) {
			c.all = append(c.all, fmt.Sprintf("%s: sitemap: %s is not of this site", name, clip(to)))
			continue
		}
		c.found = append(c.found, siteLink{name, to})
	}
}

// follow says where a link leads if that is nowhere; "" if all is well or the
// link leaves the site.
func (c *siteCheck) follow(l siteLink) string {
	to := bare(l.to)
	if strings.Contains(strings.SplitN(l.to, "?", 2)[0], `\`) && scheme(l.to) == "" {
		return "a name with a backslash"
	}
	if c.opts.URL != "" && strings.HasPrefix(to, c.opts.URL) {
		to = c.opts.Base + strings.TrimPrefix(to, c.opts.URL)
	}
	if foreign(to) {
		u, err := url.Parse(to)
		switch {
		case scheme(to) == "data", scheme(to) == "mailto", scheme(to) == "tel":
			return ""
		case err != nil:
			return "an address that is none: " + err.Error()
		case slices.Contains([]string{"localhost", "127.0.0.1", "::1", "0.0.0.0"}, u.Hostname()):
			return "the machine of the reader"
		}
		return ""
	}
	if to == "" {
		return "nothing: it is empty"
	}
	where, _, _ := strings.Cut(to, "#")
	where, _, _ = strings.Cut(where, "?")
	if path.Base(l.from) == "404.html" && where != "" && !strings.HasPrefix(where, "/") {
		return "another place at each depth: 404.html needs absolute addresses"
	}
	file, what := c.resolve(l.from, where)
	if what != "" {
		return what
	}
	if id, ok := fragment(to); ok && c.ids[file] != nil && !c.ids[file][id] {
		return "no id on " + file
	}
	return ""
}

// resolve finds the file that an address means, or says why there is none.
func (c *siteCheck) resolve(from, where string) (file, what string) {
	if where == "" {
		return from, ""
	}
	decoded, err := url.PathUnescape(where)
	if err != nil {
		return "", "a name that is wrongly escaped"
	}
	dir := path.Dir(from)
	if strings.HasPrefix(where, "/") {
		rest, ok := strings.CutPrefix(decoded+"/", c.opts.Base)
		if !ok {
			return "", "a place outside of " + c.opts.Base
		}
		dir, decoded = ".", strings.TrimSuffix(rest, "/")
	}
	name := path.Join(dir, decoded)
	if name == ".." || strings.HasPrefix(name, "../") {
		return "", "a place above the site"
	}
	folder := decoded == "" || strings.HasSuffix(decoded, "/") || path.Base(decoded) == "." || path.Base(decoded) == ".."
	switch {
	case folder && c.files[path.Join(name, "index.html")]:
		return path.Join(name, "index.html"), ""
	case folder && c.dirs[name]:
		return "", "a folder without index.html"
	case !folder && c.files[name]:
		return name, ""
	case !folder && c.dirs[name]:
		return "", "a folder, without the slash that it needs"
	}
	for other := range c.files {
		if strings.EqualFold(other, name) || strings.EqualFold(path.Dir(other), name) {
			return "", "no file of that case: there is " + other
		}
	}
	return "", "no file"
}
