package source

import (
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/strictyaml"
)

var codes = strictyaml.Codes{
	Syntax: diag.FrontMatterSyntax, Key: diag.FrontMatterKey, Value: diag.FrontMatterValue,
	Twice: diag.FrontMatterTwice, Missing: diag.FrontMatterMissing, Limit: diag.TooLarge,
}

// common is the front matter that every page of a typed site takes.
type common struct {
	Title   string `yaml:"title"`
	Summary string `yaml:"summary" max:"160"`
	Type    string `yaml:"type" enum:"page,role,process,book,service,team,metric,metrics,decision"`
	Owner   string `yaml:"owner" like:"team:platform"`
	Status  string `yaml:"status" enum:"draft,active,deprecated,archived"`
	Weight  int    `yaml:"weight" min:"0"`
}

type rolePage struct {
	common
	Aka      []string `yaml:"aka"`
	Purpose  string   `yaml:"purpose"`
	Outcomes []string `yaml:"outcomes"`
	Skills   []string `yaml:"skills"`
}

type processPage struct {
	common
	Trigger  string   `yaml:"trigger"`
	Inputs   []string `yaml:"inputs"`
	Outputs  []string `yaml:"outputs"`
	DoneWhen string   `yaml:"done_when"`
	Cadence  string   `yaml:"cadence"`
}

type bookPage struct {
	common
	Authors []string `yaml:"author|authors,single,required" like:"[First Author, Second Author]"`
	Year    int      `yaml:"year,required" min:"1" max:"9999" like:"2018"`
	Edition string   `yaml:"edition"`
	Area    string   `yaml:"area"`
	Level   string   `yaml:"level" enum:"intro,core,deep"`
	Pages   int      `yaml:"pages" min:"1"`
	Hours   float64  `yaml:"hours" min:"0"`
	WhyHere string   `yaml:"why_here"`
}

type servicePage struct {
	common
	Sample  bool          `yaml:"sample"`
	Metrics *metricsBlock `yaml:"metrics"`
}

type metricPage struct {
	common
	Metric handbook.Located `yaml:"metric,required" like:"lead_time"`
}

// decisionPage has states of its own: a decision is no draft or archived page.
type decisionPage struct {
	Title   string             `yaml:"title"`
	Summary string             `yaml:"summary" max:"160"`
	Type    string             `yaml:"type"`
	Owner   string             `yaml:"owner" like:"team:platform"`
	Weight  int                `yaml:"weight" min:"0"`
	Date    time.Time          `yaml:"date,required" like:"2026-03-02"`
	Status  string             `yaml:"status" enum:"proposed,accepted,superseded"`
	Affects []handbook.Located `yaml:"affects" like:"[payments]"`
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
	m := handbook.Meta{Title: v.Title, Summary: v.Summary, Weight: v.Weight}
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
	if given, ok := doc.Lookup("type"); ok && slices.Contains(handbook.Kinds, handbook.Kind(given.Value)) {
		page.Kind = handbook.Kind(given.Value)
	}
	doc.WarnKeys = page.Kind == handbook.Plain
	switch page.Kind {
	case handbook.Role:
		var v rolePage
		doc.Decode(&v)
		page.Meta = v.meta()
		page.Meta.Role = &handbook.RoleMeta{Aka: v.Aka, Purpose: v.Purpose, Outcomes: v.Outcomes, Skills: v.Skills}
	case handbook.Process:
		var v processPage
		doc.Decode(&v)
		page.Meta = v.meta()
		page.Meta.Process = &handbook.ProcessMeta{Trigger: v.Trigger, Inputs: v.Inputs, Outputs: v.Outputs, DoneWhen: v.DoneWhen, Cadence: v.Cadence}
	case handbook.Book:
		var v bookPage
		doc.Decode(&v)
		page.Meta = v.meta()
		page.Meta.Book = &handbook.BookMeta{Authors: v.Authors, Year: v.Year, Edition: v.Edition, Area: v.Area, Level: v.Level, Pages: v.Pages, Hours: v.Hours, WhyHere: v.WhyHere}
	case handbook.Service:
		var v servicePage
		doc.Decode(&v)
		page.Meta = v.meta()
		page.Meta.Sample = v.Sample
		page.Meta.Service = v.Metrics.meta(r.list)
	case handbook.MetricPage:
		var v metricPage
		doc.Decode(&v)
		page.Meta = v.meta()
		id := handbook.Metric(v.Metric.Value)
		if id != "" && !id.Known() {
			var names []string
			for _, m := range handbook.Metrics {
				names = append(names, string(m))
			}
			f := r.list.Errorf(v.Metric.Pos, diag.FrontMatterValue, "there is no metric %q", v.Metric.Value)
			f.Hint = "known: " + strings.Join(names, ", ")
			if near := diag.Nearest(v.Metric.Value, names); near != "" {
				f.Hint = "did you mean " + near + "? " + strings.ToUpper(f.Hint[:1]) + f.Hint[1:]
			}
			id = ""
		}
		page.Meta.MetricPage = &handbook.MetricMeta{ID: id, Pos: v.Metric.Pos}
	case handbook.Decision:
		var v decisionPage
		doc.Decode(&v)
		page.Meta = handbook.Meta{Title: v.Title, Summary: v.Summary, Owner: v.Owner, Weight: v.Weight}
		page.Meta.Decision = &handbook.DecisionMeta{State: v.Status, Affects: v.Affects}
		if !v.Date.IsZero() {
			page.Meta.Decision.Date = v.Date.Format(time.DateOnly)
		}
	default:
		var v common
		doc.Decode(&v)
		page.Meta = v.meta()
	}
}

func (c common) meta() handbook.Meta {
	return handbook.Meta{Title: c.Title, Summary: c.Summary, Owner: c.Owner, Status: c.Status, Weight: c.Weight}
}

// folderKind is the kind of a page by its top folder. What introduces a folder,
// there or further down, is a plain page.
func folderKind(p handbook.Path) handbook.Kind {
	top, _, below := strings.Cut(string(p), "/")
	kind, typed := handbook.Folders[top]
	if !below || !typed {
		return handbook.Plain
	}
	switch strings.ToLower(p.Stem()) {
	case "readme", "index", "_index":
		return handbook.Plain
	}
	return kind
}
