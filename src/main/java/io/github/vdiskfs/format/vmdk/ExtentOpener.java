// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.FileDeniedException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Opens the extents that a descriptor file lists, through the gate and through nothing else. A name
 * that comes again is the same file.
 */
final class ExtentOpener {
  /** First bytes of a seSparse extent, read as a little-endian number. */
  private static final int SESPARSE_MAGIC = 0xCAFEBABE;

  private final Storage descriptorFile;
  private final ImageFormat.Context context;
  private final Map<String, Storage> files = new LinkedHashMap<>();

  ExtentOpener(Storage descriptorFile, ImageFormat.Context context) {
    this.descriptorFile = descriptorFile;
    this.context = context;
  }

  /** The files that were opened so far, each once. */
  List<Storage> files() {
    return List.copyOf(files.values());
  }

  /** Opens all extents; where one fails, the caller closes {@link #files}. */
  List<TypedExtent> open(List<ExtentLine> lines) throws IOException {
    List<TypedExtent> extents = new ArrayList<>();
    long sectors = 0;
    for (ExtentLine line : lines) {
      if (line.sectors() > Sectors.MAX_DISK - sectors) {
        throw ImageException.badField(
            descriptorFile, "size of the disk", "more", "at most " + Sectors.MAX_DISK + " sectors");
      }
      sectors += line.sectors();
      extents.add(new TypedExtent(line.type(), line.name(), line.isWritable(), extent(line)));
    }
    return extents;
  }

  private DiskExtent extent(ExtentLine line) throws IOException {
    long sizeBytes = line.sectors() * Sectors.BYTES;
    if (line.isZero()) {
      return new ZeroExtent(sizeBytes);
    }
    checkServed(line);
    if (!line.isReadable()) {
      return new NoAccessExtent(quoted(line.name()), sizeBytes);
    }
    return line.isFlat() ? flat(line, sizeBytes) : sparse(line);
  }

  private void checkServed(ExtentLine line) throws ImageException {
    if (line.isDevice()) {
      throw ImageException.unsupported(
          descriptorFile, line.type() + " extent on a device (" + quoted(line.name()) + ")");
    }
    if (!line.isFlat() && !line.isSparse()) {
      throw ImageException.unsupported(descriptorFile, "extents of type " + line.type());
    }
    if (line.name().isEmpty()) {
      throw ImageException.badField(
          descriptorFile, line.type() + " extent", "without file", "a file name in quotes");
    }
  }

  private FlatExtent flat(ExtentLine line, long sizeBytes) throws IOException {
    if (line.type().equals("FLAT") && line.offsetSectors() < 0) {
      throw ImageException.badField(
          descriptorFile, "FLAT extent " + quoted(line.name()), "without offset", "an offset");
    }
    Storage file = file(line.name());
    long hostOffset = Math.max(0, line.offsetSectors()) * Sectors.BYTES;
    if (line.offsetSectors() > Sectors.MAX_DISK || hostOffset > file.size() - sizeBytes) {
      throw new ImageException(
          ImageException.Kind.INCOMPLETE,
          describe(line.name())
              + "the file has "
              + file.size()
              + " bytes, expected "
              + sizeBytes
              + " from sector "
              + Math.max(0, line.offsetSectors())
              + " on");
    }
    return new FlatExtent(file, hostOffset, sizeBytes);
  }

  private SparseExtent sparse(ExtentLine line) throws IOException {
    SparseExtent extent = sparse(file(line.name()));
    long capacity = extent.sizeBytes() / Sectors.BYTES;
    if (capacity != line.sectors()) {
      throw ImageException.badField(
          extent.file(),
          "capacity",
          capacity,
          line.sectors() + " sectors, as " + descriptorFile.name() + " says");
    }
    return extent;
  }

  private SparseExtent sparse(Storage file) throws IOException {
    int magic = Sectors.read(file, 0, Integer.BYTES).getInt();
    return switch (magic) {
      case HostedHeader.MAGIC -> {
        HostedHeader header = HostedHeader.read(file);
        yield new SparseExtent(context.tables(), file, header.geometry(), header.facts());
      }
      case CowdHeader.MAGIC -> {
        CowdHeader header = CowdHeader.read(file);
        yield new SparseExtent(context.tables(), file, header.geometry(), header.facts());
      }
      case SESPARSE_MAGIC -> throw ImageException.unsupported(file, "seSparse extents");
      default ->
          throw ImageException.badField(
              file, "magic number", "0x" + Integer.toHexString(magic), "a sparse extent's");
    };
  }

  private Storage file(String name) throws IOException {
    Storage known = files.get(name);
    if (known != null) {
      return known;
    }
    try {
      Storage opened = context.opener().open(name);
      files.put(name, opened);
      return opened;
    } catch (FileDeniedException e) {
      throw new ImageException(ImageException.Kind.DENIED, describe(name) + e.getReason(), e);
    } catch (IOException e) {
      throw new ImageException(ImageException.Kind.INCOMPLETE, describe(name) + e.getMessage(), e);
    }
  }

  private String describe(String name) {
    return descriptorFile.name() + ": extent " + quoted(name) + ": ";
  }

  private static String quoted(String name) {
    return "'" + DescriptorParser.printable(name) + "'";
  }
}
