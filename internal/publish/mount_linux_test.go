package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// mount mounts and skips the test where that is not allowed.
func mount(t *testing.T, source, target, kind string, flags uintptr, data string) {
	t.Helper()
	if err := unix.Mount(source, target, kind, flags, data); err != nil {
		testkit.Missing(t, fmt.Sprintf("the right to mount %s (%v)", kind, err))
	}
	t.Cleanup(func() {
		if err := unix.Unmount(target, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

func mkdir(t *testing.T, dir string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestRel_P3_OutputIsAMountPoint(t *testing.T) {
	t.Parallel()
	for _, known := range []bool{true, false} { // false: as on kernels that do not tell mount points
		t.Run(fmt.Sprint("known=", known), func(t *testing.T) {
			t.Parallel()
			dir := mkdir(t, outputDir(t))
			mount(t, mkdir(t, filepath.Join(t.TempDir(), "volume")), dir, "", unix.MS_BIND, "")
			if !mounted(dir) || mounted(filepath.Dir(dir)) {
				t.Errorf("mounted: %v, its parent: %v; want true, false", mounted(dir), mounted(filepath.Dir(dir)))
			}
			d := disk{mounted: func(dir string) bool { return known && mounted(dir) }}
			for _, site := range []files{oldSite, newSite, oldSite} {
				res, err := publish(dir, d, site)
				if err != nil || !res.Changed || res.Leftover != "" {
					t.Fatalf("%+v, %v", res, err)
				}
				holds(t, dir, site)
				if res, err := publish(dir, d, site); err != nil || res.Changed {
					t.Errorf("again: %+v, %v", res, err)
				}
			}
		})
	}
}

func TestRel_P3_OutputIsAnotherFileSystem(t *testing.T) {
	t.Parallel()
	dir := mkdir(t, outputDir(t))
	mount(t, "none", dir, "tmpfs", 0, "size=4m,mode=755")
	for _, site := range []files{oldSite, newSite} {
		if _, err := publish(dir, disk{}, site); err != nil {
			t.Fatal(err)
		}
		holds(t, dir, site)
	}
}

// From a cache on another file system nothing can be moved to the output; the
// record is of use all the same.
func TestRel_P3_CacheIsOnAnotherFileSystem(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	mount(t, "none", mkdir(t, cacheOf(dir)), "tmpfs", 0, "size=4m,mode=755")
	for _, site := range []files{oldSite, newSite, oldSite, with(oldSite, stays)} {
		if _, err := keepOrWrite(dir, withCache(dir), disk{}, site); err != nil {
			t.Fatal(err)
		}
		holds(t, dir, site)
	}
	if _, err := os.Lstat(filepath.Join(cacheOf(dir), spareName)); err == nil {
		t.Error("the spare is on another file system")
	}
	settle(t, dir, oldSite)
	if got := knows(t, dir, withCache(dir)); got != len(oldSite) {
		t.Errorf("%d of %d files are known", got, len(oldSite))
	}
}

// An overlay does not rename a folder of its lower layer: a site that was baked
// into an image is published over.
func TestRel_P3_OutputIsInTheLowerLayer(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	mount(t, "none", mkdir(t, filepath.Join(base, "o")), "tmpfs", 0, "size=4m,mode=755")
	at := func(name string) string { return mkdir(t, filepath.Join(base, "o", name)) }
	mustPublish(t, filepath.Join(at("lower"), "public"), oldSite)
	merged := at("merged")
	mount(t, "overlay", merged, "overlay", 0, fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", at("lower"), at("upper"), at("work")))
	dir := filepath.Join(merged, "public")
	for _, site := range []files{newSite, oldSite} {
		mustPublish(t, dir, site)
		holds(t, dir, site)
	}
}

// Real sizes of a disk, from one on which not even the marker fits.
func TestRel_P2_DiskIsFull(t *testing.T) {
	t.Parallel()
	site := func(c string) files {
		all := files{}
		for i := range 20 {
			all[fmt.Sprintf("p%d/index.html", i)] = strings.Repeat(c, 4096)
		}
		return all
	}
	full, fine := 0, 0
	for pages := 24; pages <= 51; pages += 3 {
		disk4k := mkdir(t, filepath.Join(t.TempDir(), "disk"))
		mount(t, "none", disk4k, "tmpfs", 0, fmt.Sprintf("nr_blocks=%d,mode=755", pages))
		dir := filepath.Join(disk4k, "public")
		mustPublish(t, dir, site("o"))
		_, err := publish(dir, disk{}, site("n"))
		switch {
		case err == nil:
			fine++
			holds(t, dir, site("n"))
		case errors.Is(err, ErrOutput) && errors.Is(err, syscall.ENOSPC):
			full++
			holds(t, dir, site("o"))
		default:
			t.Fatalf("%d blocks: %v", pages, err)
		}
	}
	if full == 0 || fine == 0 {
		t.Errorf("%d disks were full, %d were not; want both", full, fine)
	}
}

// A container's root is read-only, or belongs to somebody else: only the output
// itself can be written.
func TestRel_P3_FolderAroundIsReadOnly(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	mount(t, "none", mkdir(t, filepath.Join(base, "ro")), "tmpfs", 0, "size=4m,mode=755")
	dir := mkdir(t, filepath.Join(base, "ro", "public"))
	volume := mkdir(t, filepath.Join(base, "volume"))
	mount(t, volume, dir, "", unix.MS_BIND, "")
	if err := unix.Mount("none", filepath.Join(base, "ro"), "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	for _, told := range []bool{true, false} {
		d := disk{mounted: func(dir string) bool { return told && mounted(dir) }}
		for _, site := range []files{oldSite, newSite} {
			if _, err := publish(dir, d, site); err != nil {
				t.Fatalf("mount point told: %v: %v", told, err)
			}
			got, err := read(dir)
			if diff := cmp.Diff(site, got); err != nil || diff != "" {
				t.Errorf("mount point told: %v: %v (-want +got)\n%s", told, err, diff)
			}
		}
	}
	if _, err := publish(filepath.Join(base, "ro", "new"), disk{}, oldSite); !errors.Is(err, ErrOutput) || !errors.Is(err, syscall.EROFS) {
		t.Errorf("new folder on a read-only disk: %v", err)
	}
}
