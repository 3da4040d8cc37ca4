package archetype

import (
	"reflect"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// shapes are what the front matter of each kind is read into besides Common and
// Standing. What a service says of its metrics is read by package source alone;
// see metricsBlock.
var shapes = map[handbook.Kind]any{
	handbook.Plain: nil, handbook.Role: handbook.RoleMeta{}, handbook.Process: handbook.ProcessMeta{}, handbook.Book: handbook.BookMeta{},
	handbook.Reading: handbook.PathMeta{}, handbook.Topic: handbook.TopicMeta{}, handbook.Policy: handbook.PolicyMeta{}, handbook.Playbook: handbook.PlaybookMeta{},
	handbook.Term: handbook.TermMeta{}, handbook.Principle: handbook.PrincipleMeta{}, handbook.Org: handbook.OrgMeta{}, handbook.News: handbook.NewsMeta{},
	handbook.Service: handbook.RunsMeta{}, handbook.Team: handbook.TeamMeta{}, handbook.MetricPage: handbook.MetricMeta{}, handbook.Decision: handbook.DecisionMeta{},
}

// useful are the keys that a new page offers, besides those that are required,
// in the order in which people think of them. The others are in the schema.
var useful = map[handbook.Kind]string{
	handbook.Role:       "purpose outcomes skills aka family part_of holders metrics books",
	handbook.Process:    "trigger inputs outputs done_when cadence raci steps part_of next metrics policies playbooks",
	handbook.Book:       "area level hours why_here ideas chapters caveats",
	handbook.Reading:    "phases",
	handbook.Topic:      "why questions roles metrics processes",
	handbook.Policy:     "applies_to standards services controls exceptions approved_by",
	handbook.Playbook:   "severity oncall time_to_start rollback services last_drilled",
	handbook.Term:       "aka acronym_of not see formula example",
	handbook.Principle:  "looks_like anti practised_in",
	handbook.Org:        "cadence",
	handbook.News:       "affects expires",
	handbook.Service:    "lifecycle tier environment playbooks",
	handbook.Team:       "lead seats channel size",
	handbook.MetricPage: "definition unit factor read_with improve",
	handbook.Decision:   "status deciders context options supersedes affects metric",
}

// common are the keys that every kind offers: summary comes before those of the
// kind, the others come last.
const common = "owner audience topics review keywords related weight status"

// inside are the keys of groups that are offered, by the key of the group.
var inside = map[string]string{
	"raci":     "accountable responsible consulted informed",
	"steps":    "id title does done_when",
	"inputs":   "external",
	"outputs":  "name",
	"ideas":    "text applies_to",
	"chapters": "n title minutes read",
	"phases":   "id title by",
	"items":    "ref text minutes",
	"controls": "id text evidence frequency",
	"seats":    "name roles",
	"metric":   "id expect check_on",
	"review":   "on by every",
}

// key is a key of front matter, as the tags of its field have it.
type key struct {
	name     string
	typ      reflect.Type
	required bool
	bare     bool            // a value alone stands for the group
	refers   bool            // the value names a page
	kinds    []handbook.Kind // of that page; nil: any
	enum     []string
	is, like string
}

// keysOf are the keys of a struct; see package strictyaml for the tags.
func keysOf(t reflect.Type) []key {
	var list []key
	for i := range t.NumField() {
		f := t.Field(i)
		tag, ok := f.Tag.Lookup("yaml")
		names, options, _ := strings.Cut(tag, ",")
		if !ok || names == "" {
			continue
		}
		has := func(o string) bool { return slices.Contains(strings.Split(options, ","), o) }
		name, several, _ := strings.Cut(names, "|")
		if several != "" && f.Type.Kind() == reflect.Slice {
			name = several // of author|authors the one that takes a list
		}
		k := key{name: name, typ: f.Type, required: has("required"), bare: has("bare"), is: f.Tag.Get("is"), like: f.Tag.Get("like")}
		if words := f.Tag.Get("enum"); words != "" {
			k.enum = strings.Split(words, ",")
		}
		kinds, refers := f.Tag.Lookup("ref")
		k.refers = refers
		for _, kind := range strings.Split(kinds, ",") {
			if kind != "any" && kind != "url" && refers {
				k.kinds = append(k.kinds, handbook.Kind(kind))
			}
		}
		list = append(list, k)
	}
	return list
}

// pick are the keys with some names, in the order of the names.
func pick(all []key, names string) []key {
	var list []key
	for _, name := range strings.Fields(names) {
		i := slices.IndexFunc(all, func(k key) bool { return k.name == name })
		if i < 0 {
			continue // Standing is not for decisions
		}
		list = append(list, all[i])
	}
	return list
}

// keysFor are the keys that a page of a kind has: those that are in use, and
// those that are offered.
func keysFor(kind handbook.Kind) (used, offered []key) {
	all := keysOf(reflect.TypeFor[handbook.Common]())
	if kind != handbook.Decision {
		all = append(all, keysOf(reflect.TypeFor[handbook.Standing]())...)
	}
	for i := range all {
		all[i].required = slices.Contains(handbook.TypeOf(kind).Required, all[i].name)
	}
	var own []key
	if shape := shapes[kind]; shape != nil {
		own = keysOf(reflect.TypeOf(shape))
	}
	used = append(pick(all, "title"), keysWhere(append(all, own...), func(k key) bool { return k.required })...)
	offered = append(pick(all, "summary"), pick(own, useful[kind])...)
	for _, k := range pick(all, common) {
		if !k.required {
			offered = append(offered, k)
		}
	}
	return used, offered
}

func keysWhere(all []key, is func(key) bool) []key {
	return slices.DeleteFunc(slices.Clone(all), func(k key) bool { return !is(k) })
}
