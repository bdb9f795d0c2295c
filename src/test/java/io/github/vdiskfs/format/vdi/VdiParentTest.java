// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VdiParentTest {
  private static final UUID IMAGE = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final UUID THEN = new UUID(5, 5);
  private static final UUID LATER = new UUID(6, 6);

  private final Map<String, byte[]> folder = new TreeMap<>();

  private static byte[] vdi(UUID image, UUID modified) {
    return new VdiBuilder(new int[] {VdiBuilder.FREE}, new byte[0])
        .identity(image, modified)
        .build();
  }

  private static MemoryStorage child(UUID parentModified) {
    VdiBuilder builder = new VdiBuilder(new int[] {VdiBuilder.FREE}, new byte[0]);
    return new MemoryStorage("child.vdi", builder.parent(IMAGE, parentModified).build());
  }

  private String parentOf(MemoryStorage child) throws IOException {
    try (Image image = new VdiFormat().open(child, TestImages.context(folder))) {
      BackingReference backing = image.info().backing();
      assertEquals("vdi", backing.format());
      return backing.name();
    }
  }

  private ImageException refused(MemoryStorage child) {
    return assertThrows(ImageException.class, () -> parentOf(child));
  }

  @Test
  void foundByUuidAmongDamagedAndForeignFiles() throws IOException {
    folder.put("a.vdi", new byte[3]);
    folder.put("b.vdi", new byte[5000]);
    folder.put("c.vdi", vdi(LATER, THEN));
    folder.put("d.vdi", vdi(IMAGE, THEN));
    folder.put("e.raw", vdi(IMAGE, THEN));
    assertEquals("d.vdi", parentOf(child(THEN)));
  }

  @Test
  void snapshotNameIsTriedBeforeAnyOther() throws IOException {
    folder.put("a.vdi", vdi(IMAGE, THEN));
    folder.put("{" + IMAGE + "}.vdi", vdi(IMAGE, THEN));
    assertEquals("{" + IMAGE + "}.vdi", parentOf(child(THEN)));
  }

  @Test
  void modifiedParentIsServedWhereItIsTheOnlyOne() throws IOException {
    folder.put("a.vdi", vdi(IMAGE, LATER));
    assertEquals("a.vdi", parentOf(child(THEN)));
    folder.put("b.vdi", vdi(IMAGE, THEN));
    assertEquals("b.vdi", parentOf(child(THEN)));
  }

  @Test
  void missingParentIsNamed() {
    folder.put("c.vdi", vdi(LATER, THEN));
    ImageException e = refused(child(THEN));
    assertEquals(Kind.INCOMPLETE, e.kind());
    assertTrue(e.getMessage().contains("parent with UUID " + IMAGE), e.getMessage());
  }

  @Test
  void ambiguousParentIsNotGuessed() {
    folder.put("a.vdi", vdi(IMAGE, THEN));
    folder.put("b.vdi", vdi(IMAGE, THEN));
    ImageException e = refused(child(THEN));
    assertEquals(Kind.INCOMPLETE, e.kind());
    assertTrue(e.getMessage().endsWith("more than one file has this UUID: a.vdi, b.vdi"));
  }

  @Test
  void refusalOfNamesIsDenied() {
    StorageOpener refusing =
        new StorageOpener() {
          @Override
          public Storage open(String name) throws IOException {
            throw new FileDeniedException(name, "-o probe=trust allows it");
          }

          @Override
          public List<String> siblings(String suffix) {
            return List.of();
          }
        };
    ImageFormat.Context context = new ImageFormat.Context(refusing, new TableCache(1000));
    ImageException e =
        assertThrows(
            ImageException.class, () -> new VdiFormat().open(child(THEN), context).close());
    assertEquals(Kind.DENIED, e.kind());
    assertTrue(e.getMessage().endsWith("-o probe=trust allows it"), e.getMessage());
  }
}
