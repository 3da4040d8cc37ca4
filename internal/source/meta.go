package source

import (
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/strictyaml"
)

var codes = strictyaml.Codes{
	Syntax: diag.FrontMatterSyntax, Key: diag.FrontMatterKey, Value: diag.FrontMatterValue,
	Twice: diag.FrontMatterTwice, Missing: diag.FrontMatterMissing, Limit: diag.TooLarge,
}

// servicePage is the part of a service's front matter that needs more than
// reading.
type servicePage struct {
	Metrics *metricsBlock `yaml:"metrics" is:"where its deliveries are read from"`
}

// parts are the structs that the front matter of a kind is read into, those of a
// Meta among them.
func parts(kind handbook.Kind, m *handbook.Meta) []any {
	var own any
	switch kind {
	case handbook.Role:
		m.Role = new(handbook.RoleMeta)
		own = m.Role
	case handbook.Process:
		m.Process = new(handbook.ProcessMeta)
		own = m.Process
	case handbook.Book:
		m.Book = new(handbook.BookMeta)
		own = m.Book
	case handbook.Reading:
		m.Reading = new(handbook.PathMeta)
		own = m.Reading
	case handbook.Topic:
		m.Topic = new(handbook.TopicMeta)
		own = m.Topic
	case handbook.Policy:
		m.Policy = new(handbook.PolicyMeta)
		own = m.Policy
	case handbook.Playbook:
		m.Playbook = new(handbook.PlaybookMeta)
		own = m.Playbook
	case handbook.Term:
		m.Term = new(handbook.TermMeta)
		own = m.Term
	case handbook.Principle:
		m.Principle = new(handbook.PrincipleMeta)
		own = m.Principle
	case handbook.Org:
		m.Org = new(handbook.OrgMeta)
		own = m.Org
	case handbook.News:
		m.News = new(handbook.NewsMeta)
		own = m.News
	case handbook.Service:
		m.Runs = new(handbook.RunsMeta)
		own = m.Runs
	case handbook.Team:
		m.Team = new(handbook.TeamMeta)
		own = m.Team
	case handbook.MetricPage:
		m.MetricPage = new(handbook.MetricMeta)
		own = m.MetricPage
	case handbook.Decision: // it has states of its own: it is no draft or archived page
		m.Decision = new(handbook.DecisionMeta)
		return []any{&m.Common, m.Decision}
	default:
		return []any{&m.Common, &m.Standing}
	}
	return []any{&m.Common, &m.Standing, own}
}

// foreign is what is used of the front matter of a site without a site.yaml.
type foreign struct {
	Title       string `yaml:"title"`
	Summary     string `yaml:"summary"`
	Description string `yaml:"description"`
	Weight      int    `yaml:"weight" min:"0"`
}

// meta fills in the kind of a page and what its front matter says.
func (r *reader) meta(page *handbook.Page, f front) {
	at := diag.Pos{Path: page.Pos.Path, Line: 1, Column: 1}
	if f.form == formOpen {
		r.list.Errorf(at, diag.FrontMatterOpen, "the front matter that begins here has no end").Hint = "end it with a line of three hyphens; a line across the page is also written ***"
		return
	}
	if !r.opts.Typed {
		page.Meta = foreignMeta(f, at)
		return
	}
	if f.form == formTOML || f.form == formJSON {
		r.list.Errorf(at, diag.FrontMatterSyntax, "front matter in TOML or JSON is not read").Hint = "write YAML between two lines of ---"
		return
	}
	r.typed(page, f, at)
}

// foreignMeta reads what other tools wrote and finds no fault with it.
func foreignMeta(f front, at diag.Pos) handbook.Meta {
	var v foreign
	var ignored diag.List
	strictyaml.Decode([]byte(f.yaml), at, &v, codes, &ignored)
	m := handbook.Meta{Common: handbook.Common{Title: v.Title, Summary: v.Summary, Weight: v.Weight}}
	if m.Summary == "" {
		m.Summary = v.Description
	}
	return m
}

// typed reads the front matter of a page of a typed site. A page without any is
// read too, since keys may be required.
func (r *reader) typed(page *handbook.Page, f front, at diag.Pos) {
	doc := strictyaml.Parse([]byte(f.yaml), at, codes, r.list)
	page.Kind = folderKind(page.Path)
	if given, ok := doc.Lookup("type"); ok && slices.ContainsFunc(handbook.Types, func(t handbook.Type) bool { return t.Kind == handbook.Kind(given.Value) }) {
		page.Kind = handbook.Kind(given.Value)
	}
	doc.WarnKeys = page.Kind == handbook.Plain
	doc.Required = handbook.TypeOf(page.Kind).Required
	into := parts(page.Kind, &page.Meta)
	var service servicePage
	if page.Kind == handbook.Service {
		into = append(into, &service)
	}
	doc.Decode(into...)
	page.Meta.Service = service.Metrics.meta(r.list)
	page.Meta.Refs = refs(into...)
	if m := page.Meta.MetricPage; m != nil && m.ID.Value != "" && m.Metric() == "" && m.Definition == "" {
		r.unknownMetric(m.ID)
	}
}

// unknownMetric reports a name that is neither a measured metric nor explained.
func (r *reader) unknownMetric(id handbook.Located) {
	var names []string
	for _, m := range handbook.Metrics {
		names = append(names, string(m))
	}
	f := r.list.Errorf(id.Pos, diag.FrontMatterValue, "there is no metric %q", id.Value)
	f.Hint = "known: " + strings.Join(names, ", ") + "; a metric of your own needs a definition"
	if near := diag.Nearest(id.Value, names); near != "" {
		f.Hint = "did you mean " + near + "? " + strings.ToUpper(f.Hint[:1]) + f.Hint[1:]
	}
}

// folderKind is the kind of a page by its top folder. What introduces a folder,
// there or further down, is a plain page.
func folderKind(p handbook.Path) handbook.Kind {
	top, _, below := strings.Cut(string(p), "/")
	if !below {
		return handbook.Plain
	}
	switch strings.ToLower(p.Stem()) {
	case "readme", "index", "_index":
		return handbook.Plain
	}
	return handbook.FolderKind(top)
}
