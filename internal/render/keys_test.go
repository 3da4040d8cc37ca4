package render_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// silent are the keys that no page shows, with what they do instead.
var silent = map[string]string{
	"type":           "decides the kind",
	"aliases":        "make pages at old addresses",
	"steps.id":       "are anchors",
	"controls.id":    "are anchors, and shown",
	"phases.id":      "join items to phases",
	"metric|id":      "picks the figures",
	"metrics":        "lead to pages, of metrics that exist",
	"services":       "pick the figures of a process",
	"part_of":        "makes the strip of a page that exists",
	"metric.id":      "picks the figures",
	"review.by":      "shown where there is a day",
	"items.url":      "an address that is none is not shown",
	"affects":        "shown by what is affected",
	"steps.process":  "leads to a page that exists",
	"expects.metric": "needs a service",
}

// filler sets every field of a struct to something that can be found again.
type filler struct {
	n      int
	tokens map[string]string // by token, the key
}

func (f *filler) fill(v reflect.Value, key string) {
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		tag, tagged := sf.Tag.Lookup("yaml")
		field := v.Field(i)
		if !tagged {
			if sf.Anonymous {
				f.fill(field, key)
			}
			continue
		}
		name, _, _ := strings.Cut(tag, ",")
		if name == "" {
			continue
		}
		f.set(field, sf, strings.TrimPrefix(key+"."+name, "."))
	}
}

// forget drops keys that the test takes away again.
func (f *filler) forget(keys ...string) {
	for token, key := range f.tokens {
		if slices.Contains(keys, key) {
			delete(f.tokens, token)
		}
	}
}

func (f *filler) token(key string) string {
	f.n++
	t := fmt.Sprintf("Zq%dx", f.n)
	f.tokens[t] = key
	return t
}

func (f *filler) set(v reflect.Value, sf reflect.StructField, key string) {
	if words := sf.Tag.Get("enum"); words != "" {
		first, _, _ := strings.Cut(words, ",")
		if v.Kind() == reflect.String && first != "draft" {
			v.SetString(first)
		}
		return
	}
	switch v.Type() {
	case reflect.TypeFor[handbook.Located]():
		v.Set(reflect.ValueOf(handbook.Located{Value: f.token(key)}))
		return
	case reflect.TypeFor[handbook.Day]():
		f.n++
		day := time.Date(1900+f.n, 1, 1, 0, 0, 0, 0, time.UTC)
		f.tokens[fmt.Sprint(1900+f.n)] = key
		v.Set(reflect.ValueOf(handbook.Day{At: day}))
		return
	case reflect.TypeFor[handbook.Last]():
		return
	case reflect.TypeFor[handbook.Artefact]():
		v.Field(0).Set(reflect.ValueOf(handbook.Located{Value: f.token(key)}))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.token(key))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), key)
	case reflect.Struct:
		f.fill(v, key)
	case reflect.Slice:
		one := reflect.New(v.Type().Elem()).Elem()
		if one.Kind() == reflect.Struct && one.Type() != reflect.TypeFor[handbook.Located]() && one.Type() != reflect.TypeFor[handbook.Artefact]() {
			f.fill(one, key)
		} else {
			f.set(one, reflect.StructField{}, key)
		}
		v.Set(reflect.Append(v, one))
	case reflect.Int:
		v.SetInt(3)
	}
}

// Every key of the front matter does something that readers see: what is only
// stored would be kept by hand for nothing.
func TestEveryKeyShows(t *testing.T) {
	t.Parallel()
	for _, kind := range handbook.Types {
		p := page("a/x.md", "Title", "<p>text</p>")
		p.Kind = kind.Kind
		f := &filler{tokens: map[string]string{}}
		f.fill(reflect.ValueOf(&p.Meta.Common).Elem(), "")
		meta := reflect.ValueOf(&p.Meta).Elem()
		name := map[handbook.Kind]string{handbook.Reading: "Reading", handbook.Service: "Runs", handbook.MetricPage: "MetricPage"}[kind.Kind]
		if name == "" {
			name = strings.ToUpper(string(kind.Kind[:1])) + string(kind.Kind[1:])
		}
		if field := meta.FieldByName(name); field.IsValid() && field.Kind() == reflect.Pointer {
			field.Set(reflect.New(field.Type().Elem()))
			f.fill(field.Elem(), "")
		}
		if m := p.Meta.Process; m != nil {
			m.Expects = nil // needs a service
			f.forget("expects.metric", "expects.stat", "expects.at_most", "expects.at_least")
		}
		if m := p.Meta.Reading; m != nil {
			m.Items[0].Ref.Value, m.Items[0].Phase.Value = "", "" // an item is one thing
			f.forget("items.ref", "items.phase")
		}
		if kind.Kind == handbook.News {
			p.Meta.News.Expires = handbook.Day{}
			f.forget("expires")
		}
		files, _ := build(t, &handbook.Tree{Name: "t", Pages: []*handbook.Page{p, page("index.md", "Home", "")}}, site.Options{}, nil, nil)
		var all strings.Builder
		for _, data := range files {
			all.Write(data)
		}
		var missing []string
		for token, key := range f.tokens {
			if _, known := silent[key]; !known && !strings.Contains(all.String(), token) {
				missing = append(missing, key)
			}
		}
		slices.Sort(missing)
		if len(missing) > 0 {
			t.Errorf("%s: no page shows %s", kind.Kind, strings.Join(missing, ", "))
		}
	}
}
