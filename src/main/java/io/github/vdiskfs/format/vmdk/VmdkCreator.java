// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes new disks. */
final class VmdkCreator {
  private static final String EXTENSION = ".vmdk";

  /** Extents of the split kinds: 2 GiB. */
  private static final long SPLIT_SECTORS = (2L << 30) / Sectors.BYTES;

  /** What would end a name in the text of a descriptor. */
  private static final Pattern UNUSABLE = Pattern.compile("[\"\\p{Cntrl}]");

  private final Storage target;
  private final ImageFormat.Creation creation;
  private final CreateOptions options;
  private final String name;
  private final long sectors;

  VmdkCreator(Storage target, ImageFormat.Creation creation) throws ImageException {
    this.target = target;
    this.creation = creation;
    this.options = CreateOptions.of(target, creation.options());
    this.name = target.name().substring(target.name().lastIndexOf('/') + 1);
    long sizeBytes = creation.sizeBytes();
    this.sectors = sizeBytes / Sectors.BYTES + (sizeBytes % Sectors.BYTES == 0 ? 0 : 1);
  }

  void create() throws IOException {
    checkPossible();
    if (options.isSplit() || options.isFlat()) {
      createWithExtents();
    } else {
      String line = line(sectors, "SPARSE", name);
      byte[] text = text(List.of(line));
      new SparseCreator(target, sectors, options.zeroedGrains()).create(text);
    }
    target.sync();
  }

  private void checkPossible() throws ImageException {
    boolean alone = !options.isSplit() && !options.isFlat();
    if (sectors == 0 && (!alone || creation.backing() != null)) {
      throw ImageException.unsupported(target, "a new " + options.subformat() + " without size");
    }
    if (sectors > Sectors.MAX_DISK) {
      throw ImageException.unsupported(target, "a disk of " + creation.sizeBytes() + " bytes");
    }
    BackingReference backing = creation.backing();
    if (backing != null && options.isFlat()) {
      throw ImageException.unsupported(target, "a flat disk with a parent");
    }
    String format = backing == null ? null : backing.format();
    if (format != null && !format.equals(VmdkFormat.NAME)) {
      throw ImageException.unsupported(target, "a parent of format " + format);
    }
    if (UNUSABLE.matcher(name).find()
        || (backing != null && UNUSABLE.matcher(backing.name()).find())) {
      throw ImageException.unsupported(target, "quotes and control characters in file names");
    }
  }

  private void createWithExtents() throws IOException {
    long most = options.isSplit() ? SPLIT_SECTORS : Sectors.MAX_DISK;
    if (sectors / most >= Descriptor.MAX_EXTENTS) {
      throw ImageException.unsupported(
          target, "a disk in more than " + Descriptor.MAX_EXTENTS + " extents");
    }
    List<String> lines = new ArrayList<>();
    for (long done = 0; done < sectors; done += most) {
      lines.add(createExtent(lines.size() + 1, Math.min(most, sectors - done)));
    }
    target.write(ByteBuffer.wrap(text(lines)), 0);
  }

  /** Makes the file of an extent; returns its line in the descriptor. */
  private String createExtent(int number, long extentSectors) throws IOException {
    String extent = extentName(number);
    try (Storage file = creation.opener().create(extent)) {
      if (options.isFlat()) {
        file.truncate(extentSectors * Sectors.BYTES);
      } else {
        new SparseCreator(file, extentSectors, options.zeroedGrains()).create(null);
      }
      file.sync();
    }
    return options.isFlat()
        ? line(extentSectors, "FLAT", extent) + " 0"
        : line(extentSectors, "SPARSE", extent);
  }

  private String extentName(int number) {
    boolean usual = name.toLowerCase(Locale.ROOT).endsWith(EXTENSION);
    String base = usual ? name.substring(0, name.length() - EXTENSION.length()) : name;
    if (!options.isSplit()) {
      return base + "-flat" + EXTENSION;
    }
    char kind = options.isFlat() ? 'f' : 's';
    return String.format(Locale.ROOT, "%s-%c%03d%s", base, kind, number, EXTENSION);
  }

  private static String line(long sectors, String type, String file) {
    return "RW " + sectors + " " + type + " \"" + file + "\"";
  }

  private byte[] text(List<String> lines) throws IOException {
    BackingReference backing = creation.backing();
    DescriptorText text =
        new DescriptorText(
            CidField.random(),
            options.subformat(),
            parentCid(backing),
            backing == null ? null : backing.name(),
            lines,
            options.hardwareVersion(),
            options.adapterType(),
            options.toolsVersion());
    return text.of(sectors).getBytes(StandardCharsets.UTF_8);
  }

  private long parentCid(@Nullable BackingReference backing) throws IOException {
    if (backing == null) {
      return Descriptor.NO_PARENT;
    }
    try (Storage parent = creation.opener().open(backing.name())) {
      return VmdkOpener.descriptor(parent).cid();
    }
  }
}
