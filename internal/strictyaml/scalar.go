package strictyaml

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// reading is how one type of single value is read.
type reading struct {
	want string                  // what the type takes, in plain words
	like string                  // an example
	read func(node) (any, error) // an error with a text says more than "expected …"
}

// errOther says that a text is of another type.
var errOther = errors.New("")

// scalarOf returns how a single value of the type t is read; nil for types that
// are made of others.
func scalarOf(t reflect.Type) *reading {
	switch t {
	case locatedType:
		return &reading{"text", "", func(n node) (any, error) {
			text, err := readText(n)
			return handbook.Located{Value: text, Pos: n.pos}, err
		}}
	case reflect.TypeFor[time.Duration]():
		return &reading{"a time like", "60m", readDuration}
	case reflect.TypeFor[time.Time]():
		return &reading{"a date like", "2026-01-31", readDate}
	case reflect.TypeFor[handbook.Day]():
		return &reading{"a date like", "2026-01-31", func(n node) (any, error) {
			day, err := readDate(n)
			if err != nil {
				return nil, err
			}
			return handbook.Day{At: day.(time.Time), Pos: n.pos}, nil
		}}
	case reflect.TypeFor[handbook.Last]():
		return &reading{"a span like", "26w", readSpan}
	}
	switch t.Kind() {
	case reflect.String:
		return &reading{"text", "", func(n node) (any, error) { return readText(n) }}
	case reflect.Bool:
		return &reading{"true or false", "", readBool}
	case reflect.Int:
		return &reading{"a whole number like", "3", readInt}
	case reflect.Float64:
		return &reading{"a number like", "2.5", readFloat}
	}
	return nil
}

// scalar sets v from a single value.
func (w *writer) scalar(n node, v reflect.Value, r *reading, f field, name string) bool {
	want := r.want
	switch {
	case len(f.enum) > 0:
		want = choice(f.enum)
	case f.like != "":
		want = strings.TrimSuffix(want, " like") + " like " + f.like
	case r.like != "":
		want += " " + r.like
	}
	if n.kind != scalar {
		return w.wrong(n, name, want)
	}
	value, err := r.read(n)
	if err != nil {
		if err.Error() == "" {
			return w.wrong(n, name, want)
		}
		w.errorf(n.pos, w.codes.Value, "%s: %v", name, err)
		return false
	}
	if len(f.enum) > 0 && !slices.Contains(f.enum, strings.TrimSpace(n.text)) {
		finding := w.errorf(n.pos, w.codes.Value, "%s: expected %s, found %s", name, want, n)
		if near := diag.Nearest(strings.ToLower(n.text), f.enum); near != "" {
			finding.Hint = "did you mean " + near + "?"
		}
		return false
	}
	if message := f.outside(value, n.text); message != "" {
		w.errorf(n.pos, w.codes.Value, "%s: %s", name, message)
		return false
	}
	v.Set(reflect.ValueOf(value).Convert(v.Type()))
	return true
}

// choice lists allowed words: "week or month".
func choice(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// outside says how a value breaks the limits of its field, or "".
func (f field) outside(value any, text string) string {
	var size float64
	what := text
	switch value := value.(type) {
	case int:
		size = float64(value)
	case float64:
		size = value
	case string:
		size, what = runes(value)
	case handbook.Located:
		size, what = runes(value.Value)
	default:
		return ""
	}
	if limit, err := strconv.ParseFloat(f.min, 64); err == nil && size < limit {
		return fmt.Sprintf("%s is less than %s", what, f.min)
	}
	if limit, err := strconv.ParseFloat(f.max, 64); err == nil && size > limit {
		return fmt.Sprintf("%s is more than %s", what, f.max)
	}
	return ""
}

func runes(s string) (float64, string) {
	n := utf8.RuneCountInString(s)
	return float64(n), fmt.Sprintf("a text of %d characters", n)
}

func readText(n node) (string, error) {
	for _, r := range n.text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return "", fmt.Errorf("the text contains the control character U+%04X", r)
		}
	}
	return strings.TrimSpace(n.text), nil
}

func readBool(n node) (any, error) {
	if !n.quoted {
		switch n.text {
		case "true", "True", "TRUE":
			return true, nil
		case "false", "False", "FALSE":
			return false, nil
		}
	}
	return nil, errOther
}

var (
	wholeNumber = regexp.MustCompile(`^[-+]?[0-9]+$`)
	number      = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	span        = regexp.MustCompile(`^([0-9]+)([dwy]|mo?)$`)
	days        = regexp.MustCompile(`^([0-9]+)d$`)
)

func readInt(n node) (any, error) {
	if n.quoted || !wholeNumber.MatchString(n.text) {
		return nil, errOther
	}
	i, err := strconv.Atoi(n.text)
	if err != nil {
		return nil, fmt.Errorf("the number %s is too large", short(n.text))
	}
	return i, nil
}

func readFloat(n node) (any, error) {
	if n.quoted || !number.MatchString(n.text) {
		return nil, errOther
	}
	f, err := strconv.ParseFloat(n.text, 64)
	if err != nil || math.IsInf(f, 0) {
		return nil, fmt.Errorf("the number %s is too large", short(n.text))
	}
	return f, nil
}

// readDuration takes what time.ParseDuration takes, without parts of seconds,
// and days.
func readDuration(n node) (any, error) {
	text := n.text
	if m := days.FindStringSubmatch(text); m != nil {
		count, err := strconv.Atoi(m[1])
		if err != nil || count > 10*366 {
			return nil, fmt.Errorf("%s is longer than ten years", short(text))
		}
		return time.Duration(count) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d%time.Second != 0 {
		return nil, errOther
	}
	if d < 0 {
		return nil, fmt.Errorf("%s is less than nothing", text)
	}
	return d, nil
}

func readSpan(n node) (any, error) {
	m := span.FindStringSubmatch(n.text)
	if m == nil {
		return nil, errOther
	}
	count, err := strconv.Atoi(m[1])
	if err != nil || count == 0 || count > 10_000 {
		return nil, fmt.Errorf("%s is not between 1 and 10000 %s", short(n.text), map[string]string{"d": "days", "w": "weeks", "m": "months", "y": "years"}[m[2][:1]])
	}
	return handbook.Last{N: count, Unit: m[2][0]}, nil
}

func readDate(n node) (any, error) {
	day, err := time.Parse(time.DateOnly, n.text)
	if err == nil {
		return day, nil
	}
	var parse *time.ParseError
	if errors.As(err, &parse) && strings.Contains(parse.Message, "out of range") {
		return nil, fmt.Errorf("%s is no day of the calendar", n.text)
	}
	return nil, errOther
}
