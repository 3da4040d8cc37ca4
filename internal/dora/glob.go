package dora

import "strings"

// matchPath reports whether a slash-separated path matches a pattern, in which
// * and ? stand for characters of one name and ** for any number of folders
// (metrics/C9).
func matchPath(pattern, path string) bool {
	return match(strings.Split(pattern, "/"), strings.Split(path, "/"),
		func(p string) bool { return p == "**" },
		func(p, name string) bool { return matchName(p, name) })
}

// matchName reports whether a name matches a pattern with * and ?.
func matchName(pattern, name string) bool {
	return match([]rune(pattern), []rune(name),
		func(p rune) bool { return p == '*' },
		func(p, r rune) bool { return p == '?' || p == r })
}

// match matches items against a pattern in which some elements stand for any
// number of items. Only the last such element ever needs another try, which
// keeps the time within the product of the lengths.
func match[T any](pattern, items []T, many func(T) bool, one func(p, item T) bool) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(items) {
		switch {
		case p < len(pattern) && many(pattern[p]):
			star, mark = p, i
			p++
		case p < len(pattern) && one(pattern[p], items[i]):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && many(pattern[p]) {
		p++
	}
	return p == len(pattern)
}

// matchEnvironment compares names of environments, whatever the case.
func matchEnvironment(pattern, name string) bool {
	return matchName(strings.ToLower(pattern), strings.ToLower(name))
}
