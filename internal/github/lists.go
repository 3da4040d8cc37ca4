package github

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// restPage reads the page of a REST list that begins at an offset, which is a
// multiple of size. A page is the last one only if it is not full and names no
// next one; else there is more to ask for (rel/A15). Where next points is of no
// account: the numbers of pages are ours.
func restPage[T any](ctx context.Context, c *Client, path, at string, size int) (list []T, next string, more bool, a answer, err error) {
	offset, _ := strconv.Atoi(at)
	sign := "?"
	if strings.Contains(path, "?") {
		sign = "&"
	}
	page := offset/size + 1
	a, err = c.get(ctx, fmt.Sprintf("%s%sper_page=%d&page=%d", path, sign, size, page), &list)
	if err != nil {
		return nil, "", false, a, err
	}
	return list, strconv.Itoa(offset + size), len(list) > 0 && (len(list) >= size || a.Next > page), a, nil
}

// maxInside is how many items a list inside an item may have: GitHub's longest
// one, that of files, ends at 3,000.
const maxInside = 10_000

// restAll reads a list inside an item to its end.
func restAll[T any](ctx context.Context, c *Client, path string) ([]T, error) {
	var all []T
	for at := ""; ; {
		list, next, more, _, err := restPage[T](ctx, c, path, at, 100)
		if err != nil {
			return nil, err
		}
		if all = append(all, list...); !more {
			return all, nil
		}
		if len(all) > maxInside {
			return nil, &MalformedError{What: c.at(path), Reason: "the list does not end"}
		}
		at = next
	}
}

// beyond is the place behind an item that the list cannot show. That the one
// behind it can be shown tells a bad item from a bad day.
func beyond(at string) string {
	offset, _ := strconv.Atoi(at)
	return strconv.Itoa(offset + 1)
}

// before is what is known of an item of which not even the id is: that there is
// one, before at.
func (b batch) before(at string) batch {
	return batch{wrong: []string{""}, at: at, more: true, date: b.date}
}
