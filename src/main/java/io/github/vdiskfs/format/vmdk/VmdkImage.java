// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A VMDK disk: its extents, one after the other. */
final class VmdkImage implements Image {
  private final Storage storage;
  private final ImageFormat.Context context;
  private final Descriptor descriptor;
  private final List<TypedExtent> typed;
  private final ImageInfo info;
  private final DiskExtent[] extents;

  /** Guest offset at which each extent starts. */
  private final long[] starts;

  private final Map<Storage, GrainDecoder> decoders = new HashMap<>();
  private @Nullable VmdkWriter writer;

  /**
   * @param createType as QEMU names the kind of disk
   * @param files the extents' files, other than {@code storage}; closed with the image
   */
  VmdkImage(
      Storage storage,
      ImageFormat.Context context,
      Descriptor descriptor,
      String createType,
      boolean dirty,
      List<TypedExtent> typed,
      List<Storage> files) {
    this.storage = storage;
    this.context = context;
    this.descriptor = descriptor;
    this.typed = typed;
    this.extents = typed.stream().map(TypedExtent::extent).toArray(DiskExtent[]::new);
    this.starts = new long[extents.length];
    long size = 0;
    for (int i = 0; i < extents.length; i++) {
      starts[i] = size;
      size += extents[i].sizeBytes();
      addDecoder(extents[i]);
    }
    this.info =
        new ImageInfo(
            VmdkFormat.NAME,
            size,
            commonGrainBytes(extents),
            backing(descriptor),
            dirty,
            false,
            List.of(),
            VmdkDetails.of(descriptor, createType, typed),
            files);
  }

  private void addDecoder(DiskExtent extent) {
    Storage file = extent.file();
    GrainDecoder decoder = extent.decoder();
    if (file != null && decoder != null) {
      decoders.put(file, decoder);
    }
  }

  /** The grain that all extents with a file have; 0 where they differ or have none, as in QEMU. */
  private static long commonGrainBytes(DiskExtent[] extents) {
    long[] sizes =
        Arrays.stream(extents)
            .filter(e -> e.file() != null)
            .mapToLong(DiskExtent::grainBytes)
            .distinct()
            .toArray();
    return sizes.length == 1 ? sizes[0] : 0;
  }

  private static @Nullable BackingReference backing(Descriptor descriptor) {
    String hint = descriptor.parentHint();
    return hint == null ? null : new BackingReference(hint, VmdkFormat.NAME);
  }

  @Override
  public ImageInfo info() {
    return info;
  }

  @Override
  public long size() {
    int last = extents.length - 1;
    return starts[last] + extents[last].sizeBytes();
  }

  /** Where the descriptor's text stands: the whole file, or a room in the one sparse extent. */
  private DescriptorFile descriptorFile() {
    SparseFacts facts = embedding();
    return facts == null
        ? new DescriptorFile(storage, 0, (int) storage.size(), this::size)
        : new DescriptorFile(
            storage,
            facts.descriptorSector() * Sectors.BYTES,
            (int) facts.descriptorSectors() * Sectors.BYTES,
            this::size);
  }

  private @Nullable SparseFacts embedding() {
    return extents[0] instanceof SparseExtent extent && extent.file() == storage
        ? extent.facts()
        : null;
  }

  @Override
  public synchronized ImageWriter writer() throws IOException {
    VmdkWriter made = writer;
    if (made == null) {
      made = new WriterOpener(descriptorFile(), descriptor, context, typed).open();
      writer = made;
    }
    return made;
  }

  @Override
  public void check(CheckReport report) throws IOException {
    List<SparseExtent> sparse =
        Arrays.stream(extents)
            .filter(SparseExtent.class::isInstance)
            .map(SparseExtent.class::cast)
            .toList();
    new VmdkChecker(descriptor, context, sparse, report).check();
  }

  @Override
  public Extent map(long guestOffset, long length) throws IOException {
    int found = Arrays.binarySearch(starts, guestOffset);
    int i = found >= 0 ? found : -found - 2;
    return extents[i].map(guestOffset - starts[i], length);
  }

  @Override
  public byte[] decode(Extent extent) throws IOException {
    GrainDecoder decoder = decoders.get(extent.requireStorage());
    if (decoder == null) {
      throw new IllegalStateException("not of this image: " + extent);
    }
    return decoder.decode(extent);
  }

  @Override
  public void close() throws IOException {
    discardChanges();
    IOException failure = null;
    for (Storage file : info.files()) {
      try {
        file.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    storage.close();
    if (failure != null) {
      throw failure;
    }
  }

  private synchronized void discardChanges() {
    if (writer != null) {
      writer.discard();
    }
  }
}
