// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.FileStorage;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides what is an image, and of which format, by name first and content second.
 *
 * <p>A raw disk's content belongs to its guest, who can write any signature into it. So raw names
 * are never probed, and what only its content calls an image is marked as such.
 */
public final class Recognizer {
  private static final String RAW_UNLESS_SIGNED = "img";

  private static final Pattern FLAT_EXTENT =
      Pattern.compile(".+-(flat|f[0-9]{3,})\\.vmdk", Pattern.CASE_INSENSITIVE);

  /**
   * A recognised image.
   *
   * @param byContentAlone the name does not say that it is one
   */
  public record Match(ImageFormat format, boolean byContentAlone) {}

  private final List<ImageFormat> formats;
  private final ImageFormat raw;

  /**
   * @param formats the known formats, raw last
   */
  Recognizer(List<ImageFormat> formats) {
    this.formats = formats;
    this.raw = formats.get(formats.size() - 1);
  }

  /** What a file is by its name and signature; empty where it is no image. */
  Optional<Match> recognize(FileStorage file) throws IOException {
    String extension = extensionOf(file.path());
    if (raw.extensions().contains(extension)) {
      return Optional.of(new Match(raw, false));
    }
    for (ImageFormat format : formats) {
      if (format.extensions().contains(extension) && format.probe(file)) {
        return Optional.of(new Match(format, isGuestData(file.path())));
      }
    }
    Optional<Match> signed = bySignature(file);
    return signed.isEmpty() && extension.equals(RAW_UNLESS_SIGNED)
        ? Optional.of(new Match(raw, true))
        : signed;
  }

  /**
   * True for names that VMware gives to the flat extents of a disk. Such a file is the guest's from
   * its first byte on, so that a signature in it says nothing.
   */
  public static boolean isGuestData(Path file) {
    return FLAT_EXTENT.matcher(String.valueOf(file.getFileName())).matches();
  }

  /** What a backing file without a recorded format is: the same, and raw without a signature. */
  Match recognizeBacking(FileStorage file) throws IOException {
    return recognize(file).orElseGet(() -> new Match(raw, true));
  }

  /** True where a signature would make another format of it. */
  boolean isRawUntilSigned(Match match) {
    return match.format().equals(raw) && match.byContentAlone();
  }

  /** The format of a new image by its name: {@code NAME.FORMAT}, or a usual extension. */
  Optional<ImageFormat> byExtension(Path name) {
    String extension = extensionOf(name);
    return formats.stream()
        .filter(f -> f.name().equals(extension))
        .findFirst()
        .or(() -> formats.stream().filter(f -> f.extensions().contains(extension)).findFirst());
  }

  /** What a file that cannot be read would be by its name; empty where the name does not tell. */
  Optional<ImageFormat> expected(Path name) {
    return extensionOf(name).equals(RAW_UNLESS_SIGNED) ? Optional.of(raw) : byExtension(name);
  }

  /** The format that an image records for its backing file. */
  Optional<Match> byName(String name) {
    return formats.stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .map(f -> new Match(f, false));
  }

  /** What a file is by its content alone; empty where it has no signature. */
  Optional<Match> bySignature(Storage file) throws IOException {
    for (ImageFormat format : formats) {
      if (format.probe(file)) {
        return Optional.of(new Match(format, true));
      }
    }
    return Optional.empty();
  }

  private static String extensionOf(Path path) {
    String name = String.valueOf(path.getFileName());
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }
}
