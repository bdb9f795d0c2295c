// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.image.ImageFormat.Creation;
import io.github.vdiskfs.storage.MemoryFolder;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One shape of image that a format's writer is proved on: its features, sizes, and what it is at
 * first.
 *
 * @param label what tells it from others
 * @param file the name of the top image in the folder that {@code maker} fills
 * @param resizable its size can change
 */
public record Geometry(String label, String file, boolean resizable, Maker maker) {
  /** Puts the image, and what it refers to, into a folder. */
  public interface Maker {
    void make(MemoryFolder folder) throws IOException;
  }

  /** A new image of {@code format}, made with options as of {@code qemu-img create -o}. */
  public static Geometry created(ImageFormat format, long sizeBytes, Map<String, String> options) {
    String label = "new, " + sizeBytes + " bytes, " + options;
    return of(label, "disk", folder -> create(folder, format, sizeBytes, options, null));
  }

  /** A new image above a raw base that is longer or shorter than it. */
  public static Geometry overlay(
      ImageFormat format, long sizeBytes, Map<String, String> options, byte[] base) {
    String label = "overlay, " + sizeBytes + " over " + base.length + " bytes, " + options;
    return of(
        label,
        "disk",
        folder -> {
          folder.putAll(Map.of("base.raw", base));
          BackingReference backing = new BackingReference("base.raw", "raw");
          create(folder, format, sizeBytes, options, backing);
        });
  }

  private static void create(
      MemoryFolder folder,
      ImageFormat format,
      long sizeBytes,
      Map<String, String> options,
      @Nullable BackingReference backing)
      throws IOException {
    try (Storage target = folder.create("disk")) {
      format.create(target, new Creation(sizeBytes, options, backing, folder));
    }
  }

  /**
   * A sample image (see {@link TestImages}), with further resources of the same folder that it
   * refers to.
   */
  public static Geometry sample(String resource, String... others) {
    String home = resource.substring(0, resource.lastIndexOf('/') + 1);
    return of(
        "sample " + resource,
        resource.substring(home.length()),
        folder -> {
          folder.putAll(Map.of(resource.substring(home.length()), TestImages.bytes(resource)));
          for (String other : others) {
            folder.putAll(Map.of(other, TestImages.bytes(home + other)));
          }
        });
  }

  /** An image that a test builds by itself. */
  public static Geometry of(String label, String file, Maker maker) {
    return new Geometry(label, file, false, maker);
  }

  /** The same, where the size can change. */
  public Geometry withResize() {
    return new Geometry(label, file, true, maker);
  }

  @Override
  public String toString() {
    return label;
  }
}
