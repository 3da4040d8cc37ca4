package highlight

import "sync"

// maxMemory is how many bytes of code and HTML a half of a memory holds. Both
// together are kept below 8 MiB.
const maxMemory = 4 << 20

// memory keeps the HTML of code, so that the same block in many pages, or in a
// page that is read again, is done once. It has two halves: new entries go into
// the young one; when that is full it takes the place of the old one, and what
// nobody has asked for in the meantime is forgotten.
type memory struct {
	mu         sync.Mutex
	young, old map[key][]byte
	size       int // of young, in bytes
}

type key struct{ lang, code string }

// get returns what was kept, which is not to be changed.
func (m *memory) get(k key) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if html, ok := m.young[k]; ok {
		return html, true
	}
	html, ok := m.old[k]
	if ok {
		m.add(k, html)
	}
	return html, ok
}

func (m *memory) put(k key, html []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.young[k]; !ok {
		m.add(k, html)
	}
}

func (m *memory) add(k key, html []byte) {
	const overhead = 128 // of the map and the headers of its values
	n := len(k.code) + len(html) + overhead
	if m.size+n > maxMemory || m.young == nil {
		m.young, m.old, m.size = map[key][]byte{}, m.young, 0
	}
	m.young[k] = html
	m.size += n
}
