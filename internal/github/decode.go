package github

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// decode reads a body that is one JSON value of the kind of into, a pointer to a
// slice, a map or a struct, and nothing else. It is stricter than encoding/json,
// for which an empty body or null leaves a list empty and which reads on after
// it (rel/A13, A14). On an error, into is as it was.
func decode(body []byte, into any) error {
	text := bytes.TrimSpace(body)
	target := reflect.ValueOf(into).Elem()
	open, kind := byte('{'), "an object"
	if target.Kind() == reflect.Slice {
		open, kind = '[', "a list"
	}
	switch {
	case len(text) == 0:
		return errors.New("it is empty")
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		return errors.New("it begins with a byte order mark")
	case text[0] == '<':
		return errors.New("it is a page for people, not data; a proxy or a login may be in between")
	case text[0] != open:
		return fmt.Errorf("it is not %s, as it should be, but begins with %q", kind, text[:min(len(text), 20)])
	}
	fresh := reflect.New(target.Type())
	if err := json.Unmarshal(text, fresh.Interface()); err != nil { // refuses what follows the value
		return plainJSON(err)
	}
	if key, ok := doubleKey(text); ok {
		return fmt.Errorf("it has the field %q twice in one object", key)
	}
	target.Set(fresh.Elem())
	return nil
}

// plainJSON says what is wrong without the names of Go types.
func plainJSON(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Errorf("the field %q holds a %s", kind.Field, kind.Value)
	}
	return err
}

// doubleKey finds a field that an object has twice, of which encoding/json takes
// the later one. The text is valid JSON.
func doubleKey(text []byte) (string, bool) {
	var (
		open  []map[string]bool // the fields of the objects around; nil for lists
		inKey bool              // the next string is the name of a field
	)
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{':
			open, inKey = append(open, map[string]bool{}), true
		case '[':
			open, inKey = append(open, nil), false
		case '}', ']':
			open, inKey = open[:len(open)-1], false
		case ',':
			inKey = open[len(open)-1] != nil
		case '"':
			end := stringEnd(text, i)
			if inKey {
				key, seen := keyOf(text[i:end]), open[len(open)-1]
				if seen[key] {
					return key, true
				}
				seen[key], inKey = true, false
			}
			i = end - 1
		}
	}
	return "", false
}

// stringEnd is the place behind the string that begins at i.
func stringEnd(text []byte, i int) int {
	for i++; text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// keyOf is the name that a string in quotes spells.
func keyOf(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	var key string
	_ = json.Unmarshal(quoted, &key) // it is valid
	return key
}
