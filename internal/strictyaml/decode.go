package strictyaml

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// Decode holds the document against the structs that v point to, whose fields
// count as those of one; see the function Decode. It reports whether parsing and
// decoding found no mistake.
func (d *Document) Decode(v ...any) bool {
	w := &writer{codes: d.codes, warnKeys: d.WarnKeys, list: d.list, ok: true}
	if d.root.kind == group {
		var all []field
		for _, one := range v {
			all = append(all, fieldsOf(reflect.ValueOf(one).Elem())...)
		}
		for i := range all {
			all[i].required = all[i].required || slices.Contains(d.Required, all[i].names[0])
		}
		w.group(d.root, all, "")
	}
	d.ok = d.ok && w.ok
	return d.ok
}

// writer sets the fields of structs and reports what does not fit.
type writer struct {
	codes    Codes
	warnKeys bool
	list     *diag.List
	ok       bool
}

func (w *writer) errorf(pos diag.Pos, code diag.Code, format string, args ...any) *diag.Finding {
	w.ok = false
	return w.list.Errorf(pos, code, format, args...)
}

// field is a field of a struct with what its tags say.
type field struct {
	typ      reflect.Type
	v        reflect.Value // of a value that is decoded into; else not valid
	names    []string      // the first is the one to recommend
	required bool
	single   bool
	bare     bool
	pos      bool
	enum     []string
	min, max string
	like, is string
}

// fieldsOf lists the fields of the struct v that are read, those of embedded
// structs in their place.
func fieldsOf(v reflect.Value) []field {
	all := fields(v.Type())
	i := 0
	each(v, func(v reflect.Value) { all[i].v = v; i++ })
	return all
}

// each calls f for the fields that have a tag, in the order of fields.
func each(v reflect.Value, f func(reflect.Value)) {
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		if _, tagged := sf.Tag.Lookup("yaml"); tagged {
			f(v.Field(i))
		} else if sf.Anonymous {
			each(v.Field(i), f)
		}
	}
}

// fields are those of a type; see fieldsOf.
func fields(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		sf := t.Field(i)
		tag, tagged := sf.Tag.Lookup("yaml")
		if !tagged {
			if sf.Anonymous {
				out = append(out, fields(sf.Type)...)
			}
			continue
		}
		names, options, _ := strings.Cut(tag, ",")
		has := func(o string) bool { return slices.Contains(strings.Split(options, ","), o) }
		f := field{typ: sf.Type, names: strings.Split(names, "|"), required: has("required"), single: has("single"), bare: has("bare"), pos: has("pos"),
			min: sf.Tag.Get("min"), max: sf.Tag.Get("max"), like: sf.Tag.Get("like"), is: sf.Tag.Get("is")}
		if words := sf.Tag.Get("enum"); words != "" {
			f.enum = strings.Split(words, ",")
		}
		out = append(out, f)
	}
	return out
}

// group sets fields from a group of keys. The name is the path of the group in
// the document, such as "metrics.deployments".
func (w *writer) group(n node, all []field, name string) {
	given := map[int]entry{} // by index in all
	unknown := map[string]entry{}
	meant := map[string]bool{} // keys that unknown ones most likely are: they are not called missing, too
	for _, e := range n.entries {
		i := slices.IndexFunc(all, func(f field) bool { return !f.pos && slices.Contains(f.names, e.key) })
		first, twice := given[i]
		if i < 0 {
			first, twice = unknown[e.key]
		}
		switch {
		case twice:
			w.twice(first, e)
		case i < 0:
			unknown[e.key] = e
			meant[w.unknown(e, all, name)] = true
		default:
			given[i] = e
			w.value(e.value, all[i].v, all[i], join(name, e.key))
		}
	}
	for i, f := range all {
		if f.pos {
			f.v.Set(reflect.ValueOf(n.pos))
			continue
		}
		if slices.ContainsFunc(f.names, func(n string) bool { return meant[n] }) {
			continue
		}
		if e, ok := given[i]; f.required && (!ok || e.value.kind == nothing) {
			pos := n.pos
			if ok {
				pos = e.pos
			}
			w.errorf(pos, w.codes.Missing, "%s is missing", join(name, f.names[0])).Hint = "add `" + f.names[0] + ": " + f.example() + "`"
		}
	}
}

func (f field) example() string {
	switch {
	case f.like != "":
		return f.like
	case len(f.enum) > 0:
		return f.enum[0]
	}
	return "…"
}

func join(name, key string) string {
	if name == "" {
		return key
	}
	return name + "." + key
}

func (w *writer) twice(first, second entry) {
	message := fmt.Sprintf("%s is given a second time", second.key)
	if first.key != second.key {
		message += ", the first time as " + first.key
	}
	f := w.errorf(second.pos, w.codes.Twice, "%s", message)
	f.Hint = fmt.Sprintf("the one in line %d counts; delete one of them", first.pos.Line)
	f.Related = []diag.Related{{Pos: first.pos, Message: "given here first"}}
}

// unknown reports a key that no field has, and returns the one that was most
// likely meant, "" if none was.
func (w *writer) unknown(e entry, all []field, name string) (near string) {
	var known, every []string
	for _, f := range all {
		if !f.pos {
			known = append(known, f.names[0])
			every = append(every, f.names...)
		}
	}
	message := fmt.Sprintf("unknown key %q", short(e.key))
	if name != "" {
		message += " in " + name
	}
	var f *diag.Finding
	if w.warnKeys {
		f = w.list.Warnf(e.pos, w.codes.Key, "%s", message)
	} else {
		f = w.errorf(e.pos, w.codes.Key, "%s", message)
	}
	f.Hint = "known here: " + strings.Join(known, ", ")
	if near = diag.Nearest(strings.ToLower(e.key), every); near != "" {
		f.Hint = "did you mean " + near + "? " + f.Hint
	}
	return near
}

var locatedType = reflect.TypeFor[handbook.Located]()

// value sets v from n, or reports that n does not fit and leaves v alone. A key
// without a value is like no key.
func (w *writer) value(n node, v reflect.Value, f field, name string) bool {
	if n.kind == nothing || n.kind == unread {
		return false
	}
	if v.Kind() == reflect.Pointer {
		p := reflect.New(v.Type().Elem())
		ok := w.value(n, p.Elem(), f, name)
		if ok || n.kind == group {
			v.Set(p)
		}
		return ok
	}
	if s := scalarOf(v.Type()); s != nil {
		return w.scalar(n, v, s, f, name)
	}
	switch v.Kind() {
	case reflect.Struct:
		all := fieldsOf(v)
		if i := slices.IndexFunc(all, func(f field) bool { return f.bare }); i >= 0 && n.kind == scalar {
			n = node{kind: group, pos: n.pos, entries: []entry{{key: all[i].names[0], pos: n.pos, value: n}}}
		}
		if n.kind != group {
			return w.wrong(n, name, "keys of its own, indented below it")
		}
		w.group(n, all, name)
		return true
	case reflect.Slice:
		return w.slice(n, v, f, name)
	case reflect.Map:
		return w.words(n, v, f, name)
	}
	panic("strictyaml: no way to read " + name + " into a " + v.Type().String())
}

func (w *writer) slice(n node, v reflect.Value, f field, name string) bool {
	items := n.items
	if f.single && n.kind == scalar {
		items = []node{n}
	} else if n.kind != list {
		return w.wrong(n, name, "a list like [first, second]")
	}
	out := reflect.MakeSlice(v.Type(), 0, len(items))
	ok := true
	for i, item := range items {
		e := reflect.New(v.Type().Elem()).Elem()
		at := name
		if n.kind == list {
			at = fmt.Sprintf("%s, item %d", name, i+1)
		}
		if item.kind == nothing {
			ok = w.wrong(item, at, "a value")
		} else if w.value(item, e, f, at) {
			out = reflect.Append(out, e)
		} else {
			ok = false
		}
	}
	v.Set(out)
	return ok
}

// words sets a map, the keys of which are the author's.
func (w *writer) words(n node, v reflect.Value, f field, name string) bool {
	if n.kind != group {
		return w.wrong(n, name, "keys of its own, indented below it")
	}
	out := reflect.MakeMap(v.Type())
	first := map[string]entry{}
	for _, e := range n.entries {
		if before, twice := first[e.key]; twice {
			w.twice(before, e)
			continue
		}
		first[e.key] = e
		item := reflect.New(v.Type().Elem()).Elem()
		if w.value(e.value, item, f, join(name, e.key)) {
			out.SetMapIndex(reflect.ValueOf(e.key).Convert(v.Type().Key()), item)
		}
	}
	v.Set(out)
	return true
}

// wrong reports a value of another type than the key takes.
func (w *writer) wrong(n node, name, want string) bool {
	f := w.errorf(n.pos, w.codes.Value, "%s: expected %s, found %s", name, want, n)
	if n.kind == scalar && n.quoted && strings.Contains(want, "number") {
		f.Hint = "leave out the quotation marks"
	}
	return false
}

// String describes a value in a message.
func (n node) String() string {
	switch n.kind {
	case list:
		return "a list"
	case group:
		return "a group of keys"
	case scalar:
		return strconv.Quote(short(n.text))
	}
	return "nothing"
}

// short cuts what a message quotes.
func short(s string) string {
	const limit = 60
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return s[:byteOffset(s, limit)] + "…"
}
