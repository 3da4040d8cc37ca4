package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// problem is what is wrong with a line, at a byte of it.
type problem struct {
	at         int
	text, hint string
}

func wrong(at int, format string, args ...any) *problem {
	return &problem{at: at, text: fmt.Sprintf(format, args...)}
}

// value is a JSON value with its place in the line. Of any is a string, a
// json.Number, a bool, nil, an *object or a []value.
type value struct {
	at int
	of any
}

// object is a JSON object whose fields are asked for one by one. The first
// mistake is kept; later questions get zero values.
type object struct {
	at      int
	fields  map[string]value
	asked   []string
	nested  []nested
	problem *problem
}

// nested is an object in a list of the field of that name.
type nested struct {
	field string
	*object
}

// maxDepth is far beyond what any record needs.
const maxDepth = 16

// decode reads a line that holds one JSON object and nothing else.
func decode(line []byte) (*object, *problem) {
	d := &decoder{json.NewDecoder(bytes.NewReader(line)), line}
	d.UseNumber()
	v, p := d.value(0)
	if p != nil {
		return nil, p
	}
	if rest := line[d.InputOffset():]; len(bytes.TrimSpace(rest)) > 0 {
		return nil, wrong(len(line)-len(bytes.TrimLeft(rest, " \t\r")), "something follows the record; there must be one record a line")
	}
	o, ok := v.of.(*object)
	if !ok {
		return nil, wrong(v.at, "the line is %s; a record is an object in braces", kindOf(v.of))
	}
	return o, nil
}

type decoder struct {
	*json.Decoder
	line []byte
}

// place is where the next token begins.
func (d *decoder) place() int {
	at := int(d.InputOffset())
	for at < len(d.line) && strings.IndexByte(" \t\r,:", d.line[at]) >= 0 {
		at++
	}
	return at
}

func (d *decoder) value(depth int) (value, *problem) {
	at := d.place()
	token, err := d.Token()
	if err != nil {
		return value{}, d.syntax(err, at)
	}
	if depth > maxDepth {
		return value{}, wrong(at, "the record is nested too deeply")
	}
	switch token {
	case json.Delim('{'):
		return d.object(at, depth)
	case json.Delim('['):
		list := []value{}
		for d.More() {
			v, p := d.value(depth + 1)
			if p != nil {
				return value{}, p
			}
			list = append(list, v)
		}
		return value{at, list}, d.end()
	}
	if s, ok := token.(string); ok && strings.ContainsRune(s, 0) {
		return value{}, wrong(at, "the text contains a NUL character")
	}
	return value{at, token}, nil
}

func (d *decoder) object(at, depth int) (value, *problem) {
	o := &object{at: at, fields: map[string]value{}}
	for d.More() {
		keyAt := d.place()
		token, err := d.Token()
		if err != nil {
			return value{}, d.syntax(err, keyAt)
		}
		key, _ := token.(string) // the decoder admits no other keys
		v, p := d.value(depth + 1)
		if p != nil {
			return value{}, p
		}
		if _, twice := o.fields[key]; twice {
			return value{}, wrong(keyAt, "field %q is given twice", clip(key))
		}
		o.fields[key] = v
	}
	return value{at, o}, d.end()
}

// end reads the closing bracket.
func (d *decoder) end() *problem {
	at := d.place()
	if _, err := d.Token(); err != nil {
		return d.syntax(err, at)
	}
	return nil
}

func (d *decoder) syntax(err error, at int) *problem {
	var s *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &problem{len(d.line), "the line ends in the middle of a record", "a record is one line, from { to }"}
	case errors.As(err, &s):
		return &problem{max(at, int(s.Offset)-1), "the line is not valid JSON", "a record looks like " + `{"type":"deployment","id":"42", …}`}
	}
	return &problem{at, "the line is not valid JSON", ""}
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case json.Number:
		return "a number"
	case bool:
		return "true or false"
	case nil:
		return "null"
	case *object:
		return "an object"
	}
	return "a list"
}

// get finds a field; null counts as missing.
func (o *object) get(field string) (value, bool) {
	o.asked = append(o.asked, field)
	v, ok := o.fields[field]
	return v, ok && v.of != nil
}

// fail keeps the first mistake.
func (o *object) fail(p *problem) {
	if o.problem == nil {
		o.problem = p
	}
}

func (o *object) mistyped(field, want string, v value) {
	o.fail(wrong(v.at, "%q is %s; it must be %s", field, kindOf(v.of), want))
}

// text is a string, which may be missing.
func (o *object) text(field string) string {
	v, ok := o.get(field)
	if !ok {
		return ""
	}
	s, ok := v.of.(string)
	if !ok {
		o.mistyped(field, "a text", v)
		if n, number := v.of.(json.Number); number && o.problem.at == v.at {
			o.problem.hint = fmt.Sprintf("write it in quotes: %q", n.String())
		}
	}
	return s
}

// word is a text out of a few.
func (o *object) word(field string, known ...string) string {
	s := o.text(field)
	if s == "" {
		return s
	}
	for _, k := range known {
		if s == k {
			return s
		}
	}
	o.fail(&problem{o.fields[field].at, fmt.Sprintf("%q cannot be %q", field, clip(s)), "it is one of " + strings.Join(known, ", ")})
	return ""
}

func (o *object) flag(field string) bool {
	v, ok := o.get(field)
	if !ok {
		return false
	}
	b, ok := v.of.(bool)
	if !ok {
		o.mistyped(field, "true or false", v)
	}
	return b
}

func (o *object) number(field string) int {
	v, ok := o.get(field)
	if !ok {
		return 0
	}
	n, ok := v.of.(json.Number)
	i, err := strconv.Atoi(n.String())
	if !ok || err != nil || i < 0 {
		o.fail(wrong(v.at, "%q must be a whole number", field))
	}
	return i
}

// time is an instant in UTC, in whole seconds.
func (o *object) time(field string) time.Time {
	v, ok := o.get(field)
	if !ok {
		return time.Time{}
	}
	s, ok := v.of.(string)
	if !ok {
		o.mistyped(field, "a time such as \"2026-03-01T09:30:00Z\"", v)
		return time.Time{}
	}
	var t time.Time
	err := t.UnmarshalText([]byte(s))
	switch {
	case err != nil:
		o.fail(&problem{v.at, fmt.Sprintf("%q is %q, which is no time", field, clip(s)), `write times as 2026-03-01T09:30:00Z`})
	case !strings.HasSuffix(s, "Z"):
		o.fail(&problem{v.at, fmt.Sprintf("%q is %q, which is not in UTC", field, clip(s)), "write it as " + t.UTC().Format(time.RFC3339)})
	case t.Year() <= 1:
		o.fail(wrong(v.at, "%q is %q, a year that cannot be right", field, clip(s)))
	}
	return t.UTC().Truncate(time.Second)
}

// recent is a time that delivery can have: coverage to the end of all days would
// make a report of as many weeks.
func (o *object) recent(field string) time.Time {
	t := o.time(field)
	if !t.IsZero() && (t.Year() < 1970 || t.Year() > 2199) {
		o.fail(wrong(o.fields[field].at, "%q is %s, a year that cannot be right", field, t.Format(time.RFC3339)))
	}
	return t
}

// list visits the items of a list, which may be missing.
func (o *object) list(field, want string, visit func(value)) {
	v, ok := o.get(field)
	if !ok {
		return
	}
	items, ok := v.of.([]value)
	if !ok {
		o.mistyped(field, want, v)
	}
	for _, item := range items {
		visit(item)
	}
}

func (o *object) texts(field string) []string {
	var list []string
	o.list(field, "a list of texts", func(v value) {
		s, ok := v.of.(string)
		if !ok {
			o.fail(wrong(v.at, "%q holds %s; it must be a list of texts", field, kindOf(v.of)))
		}
		list = append(list, s)
	})
	return list
}

func (o *object) objects(field string, visit func(*object)) {
	o.list(field, "a list of objects", func(v value) {
		item, ok := v.of.(*object)
		if !ok {
			o.fail(wrong(v.at, "%q holds %s; it must be a list of objects", field, kindOf(v.of)))
			return
		}
		visit(item)
		o.nested = append(o.nested, nested{field, item})
		if item.problem != nil {
			o.fail(item.problem)
		}
	})
}

// require asks that each of the fields has a value.
func (o *object) require(fields ...string) {
	var missing []string
	for _, f := range fields {
		if v, ok := o.fields[f]; !ok || v.of == nil || v.of == "" {
			missing = append(missing, strconv.Quote(f))
		}
	}
	if len(missing) > 0 {
		o.fail(wrong(o.at, "the record has no %s", strings.Join(missing, " and no ")))
	}
}

// unused visits the fields that nobody asked for, with those that might have
// been meant.
func (o *object) unused(prefix string, visit func(field string, known []string)) {
	known := map[string]bool{}
	for _, f := range o.asked {
		known[f] = true
	}
	for f := range o.fields { // the caller sorts
		if !known[f] {
			visit(prefix+f, o.asked)
		}
	}
	for _, n := range o.nested {
		n.unused(prefix+n.field+".", visit)
	}
}
