// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths that lead to a mount, and such that do not. */
class OwnMountTest {
  @TempDir private Path temporary;
  private Path root;
  private OwnMount mount;

  @BeforeEach
  void make() throws IOException {
    root = temporary.toRealPath();
    Files.createDirectories(root.resolve("mnt"));
    Files.createDirectories(root.resolve("images/sub"));
    mount = new OwnMount(root.resolve("mnt"));
  }

  private boolean leadsThere(String path) {
    return mount.contains(root.resolve(path));
  }

  private void link(String name, String target) throws IOException {
    Files.createSymbolicLink(root.resolve(name), Path.of(target));
  }

  @Test
  void byItsOwnWords() {
    assertTrue(leadsThere("mnt"));
    assertTrue(leadsThere("mnt/disk.raw"));
    assertTrue(leadsThere("images/sub/../../mnt/disk.raw"));
    assertFalse(leadsThere("images/disk.raw"));
    assertFalse(leadsThere("mnt2/disk.raw"));
    assertFalse(leadsThere(""));
  }

  @Test
  void byLinks() throws IOException {
    link("images/relative", "../mnt/disk.raw");
    link("images/absolute", root.resolve("mnt").toString());
    link("images/sub/twice", "../relative");
    link("images/here", "sub");
    link("images/sub/disk.raw", "/nowhere");
    assertTrue(leadsThere("images/relative"));
    assertTrue(leadsThere("images/absolute/disk.raw"));
    assertTrue(leadsThere("images/here/twice"));
    assertFalse(leadsThere("images/here/disk.raw"));
    assertFalse(leadsThere("images/here/../disk.raw"));
  }

  @Test
  void linksThatLeadInCirclesEndSomewhere() throws IOException {
    link("images/a", "b");
    link("images/b", "a");
    assertFalse(leadsThere("images/a"));
  }
}
