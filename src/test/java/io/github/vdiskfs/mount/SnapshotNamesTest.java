// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.image.SnapshotInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SnapshotNamesTest {
  /** An image with snapshots and nothing else. */
  private record Listed(ImageInfo info) implements Image {
    @Override
    public Extent map(long guestOffset, long length) {
      return Extent.zero(length);
    }

    @Override
    public Image snapshot(String nameOrId) throws ImageException {
      if (nameOrId.equals("bad")) {
        throw new ImageException(ImageException.Kind.CORRUPT, "no table");
      }
      return this;
    }

    @Override
    public void close() {}
  }

  private static List<SnapshotFile> of(String... idsAndNames) {
    List<SnapshotInfo> snapshots = new ArrayList<>();
    for (int i = 0; i < idsAndNames.length; i += 2) {
      snapshots.add(new SnapshotInfo(idsAndNames[i], idsAndNames[i + 1], 0, 0, 0, 0, 0, 4096));
    }
    return SnapshotNames.of(
        new Listed(
            new ImageInfo("x", 4096, 512, null, false, false, snapshots, Map.of(), List.of())));
  }

  private static List<String> names(String... idsAndNames) {
    return of(idsAndNames).stream().map(SnapshotFile::name).toList();
  }

  @Test
  void aUsableNameIsTheFilesName() {
    assertEquals(
        List.of("before update", "p1", "Ünï", ".x"),
        names("1", "before update", "2", "p1", "3", "Ünï", "4", ".x"));
  }

  @Test
  void hostileNamesGoByTheirIds() {
    assertEquals(
        List.of("id-1", "id-2", "id-3", "id-4", "id-5", "id-6", "id-7"),
        names(
            "1",
            "",
            "2",
            "a/b",
            "3",
            "..",
            "4",
            "a\0b",
            "5",
            "a\nb",
            "6",
            "x".repeat(252),
            "7",
            "\uFFFD"));
    assertEquals(List.of("x".repeat(251)), names("1", "x".repeat(251)));
  }

  @Test
  void namesAreUnique() {
    assertEquals(List.of("a", "id-2", "id-3"), names("1", "a", "2", "a", "3", "a"));
    assertEquals(List.of("a", "snapshot-2", "id-2"), names("1", "a", "2", "a", "3", "id-2"));
    assertEquals(
        List.of("a", "snapshot-4098", "snapshot-2"), names("1", "a", "/", "a", "3", "snapshot-2"));
  }

  @Test
  void ofEqualIdsTheFirstIsShown() {
    assertEquals(List.of("a"), names("1", "a", "1", "b"));
    assertEquals(List.of("a", "1"), names("1", "a", "2", "1"));
  }

  @Test
  void aDamagedOneIsListed() {
    SnapshotFile damaged = of("bad", "a").get(0);
    assertEquals(0, damaged.size());
    assertEquals("no table", String.valueOf(damaged.error().getMessage()));
  }
}
