package theme

import (
	"fmt"
	"reflect"
	"strings"
	"text/template/parse"
)

// operand is a value that a template gives to a function, as far as it is
// known before the template runs.
type operand struct {
	typ     reflect.Type // nil: unknown
	literal bool         // a number in the source fits every type of number
}

// function is what is known of a function of Go's templates.
type function struct {
	least, most int // arguments; most -1: any number
	result      reflect.Type
}

var (
	stringType = reflect.TypeFor[string]()
	boolType   = reflect.TypeFor[bool]()
	intType    = reflect.TypeFor[int]()
	floatType  = reflect.TypeFor[float64]()
)

// functions are all that a template can call: those of text/template, and none
// of ours.
var functions = map[string]function{
	"and":      {1, -1, nil},
	"or":       {1, -1, nil},
	"not":      {1, 1, boolType},
	"len":      {1, 1, intType},
	"index":    {1, -1, nil},
	"slice":    {1, 4, nil},
	"call":     {1, -1, nil},
	"html":     {0, -1, stringType},
	"js":       {0, -1, stringType},
	"urlquery": {0, -1, stringType},
	"print":    {0, -1, stringType},
	"println":  {0, -1, stringType},
	"printf":   {1, -1, stringType},
	"eq":       {2, -1, boolType},
	"ne":       {2, 2, boolType},
	"lt":       {2, 2, boolType},
	"le":       {2, 2, boolType},
	"gt":       {2, 2, boolType},
	"ge":       {2, 2, boolType},
}

// function checks a call and returns the type of its result.
func (c *checker) function(n parse.Node, name string, args []operand) reflect.Type {
	f, known := functions[name]
	if !known { // reported when the theme was loaded
		return nil
	}
	if !c.number(n, name, len(args), f.least, f.most) {
		return f.result
	}
	switch name {
	case "and", "or": // the value is one of the arguments
		for _, arg := range args {
			if arg.typ != args[0].typ || arg.literal {
				return nil
			}
		}
		return args[0].typ
	case "len":
		switch t := args[0].known(); kind(t) {
		case reflect.Invalid, reflect.String, reflect.Slice, reflect.Array, reflect.Map, reflect.Chan:
		default:
			c.report(n, "len is asked of %s, which has no length", typeName(t))
		}
	case "index":
		return c.index(n, args)
	case "slice":
		switch t := args[0].known(); kind(t) {
		case reflect.Invalid, reflect.Array, reflect.Slice:
		case reflect.String:
			if len(args) > 3 {
				c.report(n, "slice cuts a string with two numbers at most")
			}
		default:
			c.report(n, "slice is asked of %s, which cannot be cut", typeName(t))
		}
		return args[0].typ
	case "call":
		if t := args[0].known(); t != nil && t.Kind() != reflect.Func {
			c.report(n, "call is asked of %s, which is not a function", typeName(t))
		}
	case "printf":
		if t := args[0].known(); t != nil && t.Kind() != reflect.String {
			c.report(n, "printf begins with a format, not with %s", typeName(t))
		}
	case "eq", "ne", "lt", "le", "gt", "ge":
		c.compare(n, name, args)
	}
	return f.result
}

// number checks how many arguments a function or method gets.
func (c *checker) number(n parse.Node, name string, got, least, most int) bool {
	want := ""
	switch {
	case got < least && most != least:
		want = fmt.Sprintf("at least %d", least)
	case got < least || most >= 0 && got > most && most == least:
		want = fmt.Sprint(least)
	case most >= 0 && got > most:
		want = fmt.Sprintf("at most %d", most)
	default:
		return true
	}
	noun := "arguments"
	if strings.HasSuffix(" "+want, " 1") {
		noun = "argument"
	}
	c.report(n, "%s takes %s %s, and gets %d", name, want, noun, got)
	return false
}

// index follows index through lists and maps.
func (c *checker) index(n parse.Node, args []operand) reflect.Type {
	t := args[0].known()
	for _, arg := range args[1:] {
		switch kind(t) {
		case reflect.Invalid:
			return nil
		case reflect.Slice, reflect.Array, reflect.String:
			if by := arg.known(); by != nil && number(by) != "int" {
				c.report(n, "index of %s is a whole number, not %s", typeName(t), typeName(by))
				return nil
			}
			if t = deref(t); t.Kind() == reflect.String {
				t = reflect.TypeFor[byte]()
			} else {
				t = t.Elem()
			}
		case reflect.Map:
			if key := deref(t).Key(); !arg.fits(key) {
				c.report(n, "the keys of the map are %s, not %s", typeName(key), typeName(arg.typ))
				return nil
			}
			t = deref(t).Elem()
		default:
			c.report(n, "index is asked of %s, which has no entries", typeName(t))
			return nil
		}
		t = operand{typ: t}.known()
	}
	return t
}

// compare checks that values can be compared with one another.
func (c *checker) compare(n parse.Node, name string, args []operand) {
	first := args[0].known()
	for _, arg := range args {
		t := arg.known()
		if t == nil {
			continue
		}
		class := number(t)
		switch {
		case name != "eq" && name != "ne" && (class == "" || class == "bool"):
			c.report(n, "%s is asked of %s, which has no order", name, typeName(t))
			return
		case class == "" && !t.Comparable() && t.Kind() != reflect.Slice && t.Kind() != reflect.Map && t.Kind() != reflect.Func: // those may be nil
			c.report(n, "%s is asked of %s, which cannot be compared", name, typeName(t))
			return
		case first != nil && class != number(first):
			c.report(n, "%s compares %s with %s", name, typeName(first), typeName(t))
			return
		}
	}
}

// method checks a call of a method and returns the type of its result.
func (c *checker) method(n parse.Node, name string, m reflect.Type, args []operand) reflect.Type {
	least, most := m.NumIn(), m.NumIn()
	if m.IsVariadic() {
		least, most = least-1, -1
	}
	if !c.number(n, "."+name, len(args), least, most) {
		return m.Out(0)
	}
	for i, arg := range args {
		want := m.In(min(i, m.NumIn()-1))
		if m.IsVariadic() && i >= m.NumIn()-1 {
			want = want.Elem()
		}
		if !arg.fits(want) {
			c.report(n, ".%s takes %s, not %s", name, typeName(want), typeName(arg.typ))
		}
	}
	return m.Out(0)
}

// known is the type of an operand, where it says what the value will be.
func (o operand) known() reflect.Type {
	if o.typ == nil || o.typ.Kind() == reflect.Interface || o.typ == nothing {
		return nil
	}
	return o.typ
}

// fits reports whether a value may be given for a type; what is not known may.
func (o operand) fits(want reflect.Type) bool {
	t := o.known()
	switch {
	case t == nil || want.Kind() == reflect.Interface && want.NumMethod() == 0:
		return true
	case o.literal && t != stringType && t != boolType:
		class := number(want)
		return class == "int" || class == "float"
	case o.literal:
		return t.Kind() == want.Kind()
	}
	// Go's templates take an address or follow a pointer where that helps.
	return t.AssignableTo(want) || reflect.PointerTo(t).AssignableTo(want) || t.Kind() == reflect.Pointer && t.Elem().AssignableTo(want)
}

// number is the class of types that can be compared with each other; "" where
// there is no order.
func number(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "bool"
	case reflect.String:
		return "string"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return "int"
	case reflect.Float32, reflect.Float64:
		return "float"
	}
	return ""
}

func deref(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// kind is that of what a type points to, Invalid where it is not known.
func kind(t reflect.Type) reflect.Kind {
	if t = deref(t); t == nil || t.Kind() == reflect.Interface {
		return reflect.Invalid
	}
	return t.Kind()
}

// a words a kind of value: "a struct", "an int".
func a(k reflect.Kind) string {
	switch name := k.String(); {
	case k == reflect.Slice:
		return "a list"
	case k == reflect.Pointer:
		return "an empty pointer"
	case strings.HasPrefix(name, "i") || strings.HasPrefix(name, "a"):
		return "an " + name
	default:
		return "a " + name
	}
}

// typeName words a type: views by their names, the rest by its kind.
func typeName(t reflect.Type) string {
	t = deref(t)
	if t.Kind() == reflect.Struct && t.Name() != "" {
		return "a " + t.Name()
	}
	return a(t.Kind())
}

// hasResult reports whether templates can call a method: it returns a value,
// or a value and an error.
func hasResult(m reflect.Type) bool {
	return m.NumOut() == 1 || m.NumOut() == 2 && m.Out(1) == reflect.TypeFor[error]()
}

// didYouMeanField is the hint for a field that a view does not have.
func didYouMeanField(name string, t reflect.Type) string {
	have := fieldNames(t)
	if hint := didYouMean(".", name, have); hint != "" {
		return hint
	}
	if len(have) == 0 {
		return ""
	}
	return "it has " + strings.Join(have, ", ")
}
