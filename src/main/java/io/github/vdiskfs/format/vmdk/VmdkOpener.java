// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Opens a disk by its descriptor, be it a file of its own or embedded in the one sparse extent. */
final class VmdkOpener {
  /** Types of disk that a descriptor file may have, in lower case; "2Gb" is an older spelling. */
  private static final Set<String> SERVED =
      Set.of(
          "monolithicflat",
          "twogbmaxextentflat",
          "2gbmaxextentflat",
          "twogbmaxextentsparse",
          "2gbmaxextentsparse",
          "vmfs",
          "vmfspreallocated",
          "vmfseagerzeroedthick",
          "vmfsthin",
          "vmfssparse",
          "custom");

  private final Storage storage;
  private final ImageFormat.Context context;

  VmdkOpener(Storage storage, ImageFormat.Context context) {
    this.storage = storage;
    this.context = context;
  }

  Image open() throws IOException {
    return switch (magic(storage)) {
      case HostedHeader.MAGIC -> openEmbedded();
      case CowdHeader.MAGIC -> throw onlyExtent(storage);
      default -> openDescriptorFile();
    };
  }

  static int magic(Storage storage) throws IOException {
    return Sectors.read(storage, 0, Integer.BYTES).getInt();
  }

  /** The descriptor of a disk, wherever it stands. */
  static Descriptor descriptor(Storage storage) throws IOException {
    return magic(storage) == HostedHeader.MAGIC
        ? embedded(storage, HostedHeader.read(storage))
        : inFile(storage);
  }

  private Image openEmbedded() throws IOException {
    HostedHeader header = HostedHeader.read(storage);
    Descriptor descriptor = embedded(storage, header);
    SparseExtent extent =
        new SparseExtent(context.tables(), storage, header.geometry(), header.facts());
    String type = header.isCompressed() ? "streamOptimized" : "monolithicSparse";
    ParentCheck.compare(storage, descriptor, context);
    return new VmdkImage(
        storage,
        context,
        descriptor,
        type,
        header.uncleanShutdown(),
        List.of(new TypedExtent("", "", isWritable(descriptor), extent)),
        List.of());
  }

  private static boolean isWritable(Descriptor descriptor) {
    return descriptor.extents().stream().allMatch(ExtentLine::isWritable);
  }

  private static Descriptor embedded(Storage storage, HostedHeader header) throws IOException {
    byte[] text = header.hasDescriptor() ? header.descriptor(storage) : new byte[1];
    if (text[0] == 0) {
      throw onlyExtent(storage);
    }
    Descriptor descriptor = DescriptorParser.parse(storage, text);
    List<ExtentLine> extents = descriptor.extents();
    if (extents.size() > 1 || extents.stream().anyMatch(e -> !e.isSparse())) {
      throw ImageException.badField(
          storage,
          "embedded descriptor",
          "naming other extents",
          "no extent but the file that it is embedded in");
    }
    return descriptor;
  }

  private static ImageException onlyExtent(Storage storage) {
    return new ImageException(
        ImageException.Kind.INCOMPLETE,
        storage.name()
            + ": a sparse extent without descriptor, which is no disk by itself:"
            + " open the descriptor file that names it");
  }

  private Image openDescriptorFile() throws IOException {
    Descriptor descriptor = inFile(storage);
    checkType(descriptor.createType());
    if (descriptor.extents().isEmpty()) {
      throw ImageException.badField(storage, "list of extents", "empty", "at least one");
    }
    ExtentOpener opener = new ExtentOpener(storage, context);
    try {
      List<TypedExtent> extents = opener.open(descriptor.extents());
      ParentCheck.compare(storage, descriptor, context);
      return new VmdkImage(
          storage, context, descriptor, descriptor.createType(), false, extents, opener.files());
    } catch (IOException | RuntimeException e) {
      closeAll(opener.files(), e);
      throw e;
    }
  }

  private static Descriptor inFile(Storage storage) throws IOException {
    if (!new VmdkFormat().probe(storage)) {
      throw new ImageException(
          ImageException.Kind.NOT_AN_IMAGE, storage.name() + ": no signature of a VMDK image");
    }
    if (storage.size() > Descriptor.MAX_BYTES) {
      throw ImageException.badField(
          storage, "size of the descriptor", storage.size(), "at most " + Descriptor.MAX_BYTES);
    }
    byte[] text = Sectors.read(storage, 0, (int) storage.size()).array();
    return DescriptorParser.parse(storage, text);
  }

  private void checkType(String createType) throws ImageException {
    if (!SERVED.contains(createType.toLowerCase(Locale.ROOT))) {
      throw ImageException.unsupported(
          storage, "createType '" + createType + "' in a descriptor file");
    }
  }

  private static void closeAll(List<Storage> files, Exception cause) {
    for (Storage file : files) {
      try {
        file.close();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }
}
