package main

import (
	"io"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args  string
		pages []int // nil: a mistake
	}{
		{"", []int{1000, 10000}},
		{"-pages 300,100,300", []int{100, 300}},
		{"-pages 300 -rounds 2 -edits 0", []int{300}},
		{"-pages 2", nil},
		{"-pages 1000,many", nil},
		{"-rounds -1", nil},
		{"-pages 300 more", nil},
	} {
		o, err := parse(strings.Fields(c.args), io.Discard)
		if (err != nil) != (c.pages == nil) {
			t.Errorf("parse(%q): error %v, want one: %v", c.args, err, c.pages == nil)
		}
		if err == nil && !slices.Equal(o.pages, c.pages) {
			t.Errorf("parse(%q): pages %v, want %v", c.args, o.pages, c.pages)
		}
	}
}
