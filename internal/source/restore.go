package source

import (
	"reflect"
	"slices"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// restore leads the positions of a body, and of what was found in it, back to
// the files that its lines are from. The joined text was parsed as if it began
// at a line.
func (j *joined) restore(b *handbook.Body, found []diag.Finding, begin int) {
	for i := range b.Links {
		if n := j.partOf(b.Links[i].Pos.Line - begin + 1); n >= 0 {
			b.Links[i].Base = j.Parts[n].Base
		}
	}
	move := func(p *diag.Pos) {
		n := j.partOf(p.Line - begin + 1)
		if n < 0 {
			return
		}
		from := j.Parts[n]
		line := from.At.Line + p.Line - begin + 1 - from.Line
		*p = diag.Pos{Path: from.At.Path, Line: line, Column: max(1, p.Column-from.Indent)}
	}
	eachPos(reflect.ValueOf(b).Elem(), move)
	eachPos(reflect.ValueOf(found), move)
}

// partOf is the index of the part that a line of the joined text is in.
func (j *joined) partOf(line int) int {
	n, exact := slices.BinarySearchFunc(j.Parts, line, func(p part, line int) int { return p.Line - line })
	if exact {
		return n
	}
	return n - 1
}

var posType = reflect.TypeFor[diag.Pos]()

// eachPos calls do for every position in a value: whatever fields come to a body,
// none is forgotten.
func eachPos(v reflect.Value, do func(*diag.Pos)) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == posType {
			if p := v.Addr().Interface().(*diag.Pos); p.Line > 0 {
				do(p)
			}
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachPos(v.Field(i), do)
			}
		}
	case reflect.Slice:
		if k := v.Type().Elem().Kind(); k == reflect.Struct || k == reflect.Slice {
			for i := range v.Len() {
				eachPos(v.Index(i), do)
			}
		}
	}
}
