// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a disk must be like to be written. Reading is less strict: what is written through a
 * descriptor is changed in files that it merely names.
 */
final class WriteRules {
  private final DescriptorFile descriptorFile;
  private final Descriptor descriptor;
  private final ImageFormat.Context context;
  private final List<TypedExtent> extents;
  private final String name;

  WriteRules(
      DescriptorFile descriptorFile,
      Descriptor descriptor,
      ImageFormat.Context context,
      List<TypedExtent> extents) {
    this.descriptorFile = descriptorFile;
    this.descriptor = descriptor;
    this.context = context;
    this.extents = extents;
    this.name = descriptorFile.file().name();
  }

  private ImageException refusal(String reason) {
    return new ImageException(
        ImageException.Kind.READ_ONLY, name + ": " + reason + "; it is served read-only");
  }

  /**
   * Fails where a rule is broken.
   *
   * @throws ImageException of kind {@code READ_ONLY}
   */
  void check() throws IOException {
    if (extents.stream().noneMatch(TypedExtent::writable)) {
      throw refusal("the descriptor says that no extent may be written");
    }
    if (descriptorFile.cid().value() != descriptor.cid()) {
      throw refusal("its descriptor has an unusual CID line");
    }
    String mismatch = ParentCheck.mismatch(descriptor, context);
    if (mismatch != null) {
      throw refusal(mismatch);
    }
    checkGrains();
    checkBorders();
    checkShared();
    for (TypedExtent typed : extents) {
      if (typed.writable()) {
        checkExtent(typed);
      }
    }
  }

  /** Bytes that can be reserved by themselves: the largest grain of any extent. */
  long unit() {
    long grain = extents.stream().mapToLong(typed -> typed.extent().grainBytes()).max().orElse(0);
    return Math.max(1, grain);
  }

  /** Space is reserved in {@link #unit}s, and an extent gives it out in its own grains. */
  private void checkGrains() throws ImageException {
    for (TypedExtent typed : extents) {
      if (typed.extent().grainBytes() > 0 && typed.extent().grainBytes() != unit()) {
        throw refusal("its extents have grains of different sizes");
      }
    }
  }

  /** A grain must not lie in two extents. */
  private void checkBorders() throws ImageException {
    long guestOffset = 0;
    for (TypedExtent typed : extents) {
      if (guestOffset % unit() != 0) {
        throw refusal("the extents do not end where grains end");
      }
      guestOffset += typed.extent().sizeBytes();
    }
  }

  private void checkExtent(TypedExtent typed) throws IOException {
    Storage file = typed.extent().file();
    if (file == null) {
      return;
    }
    if (typed.extent() instanceof SparseExtent sparse) {
      String reason = sparse.facts().readOnly();
      if (reason != null) {
        throw refusal("extent " + file.name() + ": " + reason);
      }
      if (!sparse.geometry().isEsx() && HostedHeader.hasFooter(file)) {
        throw refusal("extent " + file.name() + ": its last sectors are a footer");
      }
    }
    if (file != descriptorFile.file()) {
      checkNamed(typed, file);
    }
  }

  /** A file that the descriptor names belongs to this disk alone, as far as one can see. */
  private void checkNamed(TypedExtent typed, Storage file) throws IOException {
    String named = typed.name();
    if (named.indexOf('/') >= 0 || !named.toLowerCase(Locale.ROOT).endsWith(".vmdk")) {
      throw refusal(
          "extent '"
              + DescriptorParser.printable(named)
              + "' is not a plain name with the extension .vmdk");
    }
    if (file.name().equals(name) || isDisk(typed, file)) {
      throw refusal("extent " + file.name() + " is a disk by itself");
    }
  }

  private static boolean isDisk(TypedExtent typed, Storage file) throws IOException {
    if (typed.extent() instanceof SparseExtent sparse) {
      long at = sparse.facts().descriptorSector() * Sectors.BYTES;
      return sparse.facts().descriptorSectors() > 0 && Sectors.read(file, at, 1).get() != 0;
    }
    return new VmdkFormat().probe(file);
  }

  /** Of extents in the same file each must have a part of its own. */
  private void checkShared() throws ImageException {
    for (int i = 0; i < extents.size(); i++) {
      for (int j = 0; j < i; j++) {
        Storage file = extents.get(i).extent().file();
        if (file != null
            && file == extents.get(j).extent().file()
            && !areApart(flat(extents.get(i)), flat(extents.get(j)))) {
          throw refusal("two extents share a part of " + file.name());
        }
      }
    }
  }

  private static @Nullable FlatExtent flat(TypedExtent typed) {
    return typed.extent() instanceof FlatExtent flat ? flat : null;
  }

  private static boolean areApart(@Nullable FlatExtent one, @Nullable FlatExtent other) {
    return one != null
        && other != null
        && (one.hostOffset() + one.sizeBytes() <= other.hostOffset()
            || other.hostOffset() + other.sizeBytes() <= one.hostOffset());
  }
}
