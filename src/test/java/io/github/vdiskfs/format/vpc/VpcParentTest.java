// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageException.Kind;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.FileDeniedException;
import io.github.vdiskfs.storage.MemoryStorage;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VpcParentTest {
  private static final UUID PARENT = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final UUID OTHER = new UUID(5, 5);

  private final Map<String, byte[]> folder = new TreeMap<>();

  private static VpcBuilder builder() {
    return new VpcBuilder(new int[] {VpcBuilder.UNUSED}, new int[0], new byte[0][]);
  }

  private static byte[] vhd(UUID unique) {
    return builder().unique(unique).build();
  }

  private static Image open(VpcBuilder child, ImageFormat.Context context) throws IOException {
    return new VpcFormat().open(new MemoryStorage("child.vhd", child.build()), context);
  }

  private String parentOf(VpcBuilder child) throws IOException {
    try (Image image = open(child, TestImages.context(folder))) {
      BackingReference backing = image.info().backing();
      assertEquals("vpc", backing.format());
      return backing.name();
    }
  }

  private void assertRefused(Kind kind, String message, VpcBuilder child) {
    ImageException e = assertThrows(ImageException.class, () -> parentOf(child));
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertEquals(kind, e.kind());
  }

  /** The names that are tried, in their order. */
  private static List<String> triedFor(VpcBuilder child) {
    List<String> tried = new ArrayList<>();
    StorageOpener refusing =
        new StorageOpener() {
          @Override
          public Storage open(String name) throws IOException {
            tried.add(name);
            throw new FileDeniedException(name, "not here");
          }

          @Override
          public List<String> siblings(String suffix) {
            return List.of();
          }
        };
    ImageFormat.Context context = new ImageFormat.Context(refusing, new TableCache(1000));
    ImageException e = assertThrows(ImageException.class, () -> open(child, context).close());
    assertEquals(Kind.DENIED, e.kind());
    return tried;
  }

  @Test
  void relativePathThenNameThenAbsolutePath() {
    VpcBuilder child = builder().parent(PARENT, "C:\\VMs\\name.vhd");
    child.absolute("C:\\VMs\\absolute.vhd").relative("..\\base\\relative.vhd");
    child.locator("MacX", "file://localhost/vms/url.vhd".getBytes(StandardCharsets.UTF_8));
    assertEquals(
        List.of("../base/relative.vhd", "name.vhd", "absolute.vhd", "/vms/url.vhd"),
        triedFor(child));
  }

  @Test
  void everyNameIsTriedOnceAndPaddingIsNoName() {
    VpcBuilder child = builder().parent(PARENT, "p.vhd").relative(".\\p.vhd\0\0").relative("\0");
    child.absolute("\\\\server\\share\\p.vhd").absolute("/vms/p.vhd");
    child.locator("Wi2k", new byte[] {1, 2}).locator("\0\0\0\0", new byte[2]);
    assertEquals(List.of("p.vhd", "/vms/p.vhd"), triedFor(child));
  }

  @Test
  void firstNameWithTheRightIdIsTheParent() throws IOException {
    folder.put("a.vhd", vhd(OTHER));
    folder.put("b.vhd", new byte[700]);
    folder.put("c.vhd", vhd(PARENT));
    VpcBuilder child = builder().parent(PARENT, "b.vhd").relative("a.vhd").absolute("D:\\c.vhd");
    assertEquals("c.vhd", parentOf(child));
  }

  @Test
  void otherTimeStampIsNoReasonToRefuse() throws IOException {
    folder.put("p.vhd", vhd(PARENT));
    assertEquals(
        "p.vhd", parentOf(builder().parent(PARENT, "p.vhd").header(b -> b.putInt(56, 77))));
  }

  @Test
  void missingParentAndOtherIdAreNamed() {
    assertRefused(
        Kind.INCOMPLETE,
        "parent with unique id " + PARENT + ": 'p.vhd': ",
        builder().parent(PARENT, "p.vhd"));
    assertRefused(Kind.INCOMPLETE, "the image gives no name", builder().parent(PARENT, ""));
    folder.put("p.vhd", vhd(OTHER));
    assertRefused(
        Kind.INCOMPLETE,
        PARENT + ": 'p.vhd': its unique id is " + OTHER,
        builder().parent(PARENT, "p.vhd"));
  }

  @Test
  void badLocatorsAreCorrupt() {
    VpcBuilder tooLong = builder().parent(PARENT, "p").relative("q");
    assertRefused(
        Kind.CORRUPT,
        "Platform Data Length is 8193, expected at most 8192",
        tooLong.header(b -> b.putInt(584, 8193)));
    VpcBuilder outside = builder().parent(PARENT, "p").relative("q");
    assertRefused(
        Kind.CORRUPT,
        "Platform Data Offset is 18446744073709551615, expected",
        outside.header(b -> b.putLong(592, -1)));
    VpcBuilder pastEnd = builder().parent(PARENT, "p").relative("q");
    assertRefused(
        Kind.CORRUPT, "Platform Data Offset is 7167", pastEnd.header(b -> b.putLong(592, 7167)));
  }

  @Test
  void controlCharactersOfNamesDoNotReachMessages() {
    ImageException e =
        assertThrows(
            ImageException.class,
            () -> parentOf(builder().parent(PARENT, "a\nb\u0007" + "c".repeat(230))));
    assertTrue(e.getMessage().contains("'a?b?ccc"), e.getMessage());
    assertTrue(e.getMessage().contains("ccc...'"), e.getMessage());
  }
}
