package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"time"
)

// unused is how long a validator is kept that nobody asks for.
const unused = 60 * 24 * time.Hour

// validatorID is the key of a validator. Keys hold addresses, which may be long.
func validatorID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// Validator returns what SetValidator kept under a key; nil: nothing. What is
// damaged is nothing too: it saves a request, no more.
func (s *Store) Validator(ctx context.Context, key string) (data []byte, err error) {
	id := validatorID(key)
	var packed []byte
	var used int64
	err = s.ask(ctx, "read a validator", func(t *tx) error {
		err := t.row(ctx, "SELECT data, used FROM validators WHERE id = ?", id).Scan(&packed, &used)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil || packed == nil {
		return nil, err
	}
	if today := s.today(); s.write != nil && used != today {
		err = s.update(ctx, "note the use of a validator", func(t *tx) error {
			_, err := t.exec(ctx, "UPDATE validators SET used = ? WHERE id = ?", today, id)
			return err
		})
	}
	return unpack(packed), err
}

// SetValidator keeps what makes the next request of a key conditional.
func (s *Store) SetValidator(ctx context.Context, key string, data []byte) error {
	id, packed, today := validatorID(key), pack(data), s.today()
	return s.update(ctx, "keep a validator", func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO validators (id, data, used) VALUES (?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET data = excluded.data, used = excluded.used`, id, packed, today)
		return err
	})
}

// today is the day, in seconds: finer would be a write for each read.
func (s *Store) today() int64 { return s.setup.now().UTC().Truncate(24 * time.Hour).Unix() }

// prune forgets validators that nobody has asked for in a long time.
func (s *Store) prune(ctx context.Context) error {
	before := s.today() - int64(unused/time.Second)
	var old int
	err := s.ask(ctx, "count old validators", func(t *tx) error {
		return t.row(ctx, "SELECT count(*) FROM validators WHERE used < ?", before).Scan(&old)
	})
	if err != nil || old == 0 {
		return err
	}
	return s.update(ctx, "forget old validators", func(t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM validators WHERE used < ?", before)
		return err
	})
}

func pack(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

// unpack is nil where the sum that gzip keeps is another one.
func unpack(packed []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil
	}
	return data
}
