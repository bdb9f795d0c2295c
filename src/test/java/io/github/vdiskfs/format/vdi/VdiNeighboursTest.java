// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.MemoryStorage;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VdiNeighboursTest {
  private static final UUID THEN = new UUID(5, 5);
  private static final int IMAGES = 200;

  /** A folder that many images share, and that counts. */
  private static final class Folder implements StorageOpener {
    final Map<String, byte[]> files = new TreeMap<>();
    int openings;

    @Override
    public Storage open(String name) throws IOException {
      openings++;
      byte[] bytes = files.get(name);
      if (bytes == null) {
        throw new NoSuchFileException(name);
      }
      return new MemoryStorage(name, bytes);
    }

    @Override
    public List<String> siblings(String suffix) {
      return List.copyOf(files.keySet());
    }

    @Override
    public Object folder() {
      return this;
    }
  }

  private final Folder folder = new Folder();
  private final ImageFormat format = new VdiFormat();

  private static VdiBuilder vdi(long number) {
    return new VdiBuilder(new int[] {VdiBuilder.FREE}, new byte[0])
        .identity(new UUID(1, number), THEN);
  }

  private String parentOf(String child) throws IOException {
    MemoryStorage storage = new MemoryStorage(child, folder.files.get(child));
    ImageFormat.Context context = new ImageFormat.Context(folder, new TableCache(1000));
    try (Image image = format.open(storage, context)) {
      return image.info().backing().name();
    }
  }

  @Test
  void oneLookServesAllImagesOfTheFolder() throws IOException {
    folder.files.put("image0.vdi", vdi(0).build());
    for (int i = 1; i < IMAGES; i++) {
      folder.files.put("image" + i + ".vdi", vdi(i).parent(new UUID(1, i - 1), THEN).build());
    }
    for (int i = 1; i < IMAGES; i++) {
      assertEquals("image" + (i - 1) + ".vdi", parentOf("image" + i + ".vdi"));
    }
    assertTrue(folder.openings < 10 * IMAGES, folder.openings + " openings");
  }

  @Test
  void parentThatWasRenamedMeanwhileIsLookedForAgain() throws IOException {
    folder.files.put("a.vdi", vdi(0).build());
    folder.files.put("child.vdi", vdi(1).parent(new UUID(1, 0), THEN).build());
    assertEquals("a.vdi", parentOf("child.vdi"));
    folder.files.put("b.vdi", folder.files.remove("a.vdi"));
    assertEquals("b.vdi", parentOf("child.vdi"));
  }
}
