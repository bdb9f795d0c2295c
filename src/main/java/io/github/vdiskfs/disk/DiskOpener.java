// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.storage.FileDeniedException;
import io.github.vdiskfs.storage.FileInUseException;
import io.github.vdiskfs.storage.FileStorage;
import io.github.vdiskfs.storage.Gate;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns a path into a disk: recognises the image, opens its chain through the gate. */
public final class DiskOpener {
  /** Layers of a chain: QEMU users stay below 200; each layer costs a look-up per read. */
  private static final int MAX_CHAIN = 256;

  /** Files of a chain, extents included: a VMDK of 2 TB in pieces of 2 GB has a thousand. */
  private static final int MAX_FILES = 2048;

  /** Before the process' umask. */
  private static final int NEW_IMAGE_PERMISSIONS = 0666;

  private final Recognizer recognizer;
  private final Gate gate;
  private final Policy policy;
  private final TableCache tables;
  private final ClusterCache clusters;

  /**
   * What is allowed.
   *
   * @param trustProbed images recognised by content alone may name other files
   * @param mayWrite disks may be opened for writing
   * @param forceShare images that another program has open for writing may be read
   */
  public record Policy(boolean trustProbed, boolean mayWrite, boolean forceShare) {
    /** For those who only read, and trust nobody. */
    public static final Policy READING = new Policy(false, false, false);
  }

  /**
   * @param formats the known formats, raw last
   */
  public DiskOpener(
      List<ImageFormat> formats,
      Gate gate,
      Policy policy,
      TableCache tables,
      ClusterCache clusters) {
    this.recognizer = new Recognizer(formats);
    this.gate = gate;
    this.policy = policy;
    this.tables = tables;
    this.clusters = clusters;
  }

  /** True where disks may be opened for writing. */
  public boolean mayWrite() {
    return policy.mayWrite();
  }

  /** What the host says of the file at a path below SOURCE. */
  public FileStatus status(Path path) throws ErrnoException {
    return gate.status(path);
  }

  /**
   * Looks whether others keep an image, which is not open here, from being written.
   *
   * @throws io.github.vdiskfs.storage.FileInUseException where they do
   */
  public void checkWritable(Path path) throws IOException {
    try (FileStorage storage = gate.openImage(path)) {
      storage.checkWritable();
    }
  }

  /** What the file at a path below SOURCE is, or empty where it is no image. */
  public Optional<Recognizer.Match> recognize(Path path) throws IOException {
    try (FileStorage storage = gate.openImage(path)) {
      return recognizer.recognize(storage);
    }
  }

  /** The format of a file that cannot be read, by its name; empty where that does not tell. */
  public Optional<String> expectedFormat(Path path) {
    return recognizer.expected(path).map(ImageFormat::name);
  }

  /** An opened disk and the status, at that moment, of every image file of its chain. */
  public record Opened(VirtualDisk disk, List<FileStorage> files) implements Closeable {
    @Override
    public void close() throws IOException {
      disk.close();
    }
  }

  /**
   * Opens the disk of an image below SOURCE and holds QEMU's locks on all its files until it is
   * closed, so that nobody changes them meanwhile.
   *
   * @throws ImageException where it is no image, or it or its chain cannot be served
   */
  public Opened open(Path path) throws IOException {
    return open(path, Locking.HOLD);
  }

  /** As {@link #open}, for a short look: fails where others write, but keeps nobody from it. */
  public Opened peek(Path path) throws IOException {
    return open(path, Locking.LOOK);
  }

  /**
   * As {@link #open}, whoever uses the files: to learn which files an image names. Its tables may
   * change while they are read.
   */
  public Opened peekUnlocked(Path path) throws IOException {
    return open(path, Locking.NONE);
  }

  /** How an opened image's files are kept from changing. */
  enum Locking {
    HOLD,
    LOOK,
    NONE
  }

  private Opened open(Path path, Locking locking) throws IOException {
    FileStorage storage = openLocked(path, locking);
    return new ChainBuilder(locking).build(storage, requireMatch(storage));
  }

  private FileStorage openLocked(Path path, Locking locking) throws IOException {
    FileStorage storage = gate.openImage(path);
    try {
      lock(storage, locking);
      return storage;
    } catch (IOException | RuntimeException e) {
      storage.close();
      throw e;
    }
  }

  /** Locks an image's file or one that it names, or looks whether that would be possible. */
  void lock(FileStorage file, Locking locking) throws IOException {
    if (locking == Locking.HOLD) {
      file.lockForReading(policy.forceShare());
    } else if (locking == Locking.LOOK && !policy.forceShare()) {
      file.checkReadable();
    }
  }

  /**
   * Makes a new, empty image below SOURCE, of the format that its name says.
   *
   * @param permissions as in open(2)
   * @throws ImageException of kind {@code BAD_NAME} where the name says no format
   * @throws java.nio.file.FileAlreadyExistsException where there is such a file
   */
  public void create(Path path, int permissions) throws IOException {
    ImageFormat format =
        recognizer
            .byExtension(path)
            .orElseThrow(
                () ->
                    ImageException.badName(
                        path + ": a new image's name ends with its format, as in disk.qcow2"));
    create(path, permissions, format, 0, Map.of(), null);
  }

  /**
   * Makes a new, empty image below SOURCE.
   *
   * @param format the format's name
   * @param sizeBytes virtual size
   * @param options as in {@code qemu-img create -o}
   * @param backing the backing file, or null
   * @throws ImageException where the format, an option or a value is not known
   */
  public void create(
      Path path,
      String format,
      long sizeBytes,
      Map<String, String> options,
      @Nullable BackingReference backing)
      throws IOException {
    ImageFormat known =
        recognizer
            .byName(format)
            .orElseThrow(
                () ->
                    new ImageException(
                        ImageException.Kind.UNSUPPORTED, "unknown format '" + format + "'"))
            .format();
    create(path, NEW_IMAGE_PERMISSIONS, known, sizeBytes, options, backing);
  }

  private void create(
      Path path,
      int permissions,
      ImageFormat format,
      long sizeBytes,
      Map<String, String> options,
      @Nullable BackingReference backing)
      throws IOException {
    FileStorage target = gate.createImage(path, permissions);
    try (target) {
      StorageOpener opener = gate.openerFor(target.path());
      format.create(target, new ImageFormat.Creation(sizeBytes, options, backing, opener));
    } catch (IOException | RuntimeException e) {
      gate.remove(target);
      throw e;
    }
    gate.syncFolder(path);
  }

  /** An image by itself, without its backing file, and its file. */
  public record Top(Image image, FileStorage file) implements Closeable {
    @Override
    public void close() throws IOException {
      image.close();
    }
  }

  /**
   * Opens an image below SOURCE, but not what it is based on: for those who ask what it says.
   *
   * @throws ImageException where it is no image, or cannot be served
   */
  public Top openTop(Path path) throws IOException {
    FileStorage storage = openLocked(path, Locking.HOLD);
    Recognizer.Match match = requireMatch(storage);
    try {
      StorageOpener opener = openerFor(storage, match, Locking.HOLD);
      ImageFormat.Context context = new ImageFormat.Context(opener, tables);
      return new Top(match.format().open(storage, context), storage);
    } catch (IOException | RuntimeException e) {
      storage.close();
      throw e;
    }
  }

  /** What the file is; it is closed where it is no image. */
  private Recognizer.Match requireMatch(FileStorage storage) throws IOException {
    try {
      return recognizer
          .recognize(storage)
          .orElseThrow(
              () ->
                  new ImageException(
                      ImageException.Kind.NOT_AN_IMAGE,
                      storage.name() + ": no signature of a known image format"));
    } catch (IOException | RuntimeException e) {
      storage.close();
      throw e;
    }
  }

  private StorageOpener openerFor(FileStorage storage, Recognizer.Match match, Locking locking) {
    return match.byContentAlone() && !policy.trustProbed()
        ? new RefusingOpener()
        : new LockingOpener(this, storage, gate.openerFor(storage.path()), locking);
  }

  /** The layers that were opened so far; closed together where one of them fails. */
  private final class ChainBuilder {
    private final List<Image> chain = new ArrayList<>();
    private final List<FileStorage> files = new ArrayList<>();
    private final Set<FileStatus.Identity> seen = new HashSet<>();
    private final Locking locking;
    private int openFiles;

    ChainBuilder(Locking locking) {
      this.locking = locking;
    }

    Opened build(FileStorage top, Recognizer.Match topMatch) throws IOException {
      FileStorage storage = top;
      Recognizer.Match match = topMatch;
      try {
        while (true) {
          Image image = openLayer(storage, match);
          BackingReference backing = image.info().backing();
          if (backing == null) {
            return new Opened(
                new VirtualDisk(chain, clusters, policy.mayWrite(), guard(top, topMatch)),
                List.copyOf(files));
          }
          FileStorage below = openBacking(storage, backing, match);
          files.add(below);
          match = matchBacking(storage, below, backing);
          storage = below;
        }
      } catch (IOException | RuntimeException e) {
        closeAll(top, e);
        throw e;
      }
    }

    /** A raw disk by the lack of a signature stays one. */
    private @Nullable SignatureGuard guard(FileStorage top, Recognizer.Match match) {
      return recognizer.isRawUntilSigned(match) ? new SignatureGuard(recognizer, top) : null;
    }

    private Image openLayer(FileStorage storage, Recognizer.Match match) throws IOException {
      if (files.isEmpty()) {
        files.add(storage);
        seen.add(storage.status().identity());
      }
      StorageOpener opener = openerFor(storage, match, locking);
      Image image = match.format().open(storage, new ImageFormat.Context(opener, tables));
      chain.add(image);
      openFiles += 1 + image.info().files().size();
      if (openFiles > MAX_FILES) {
        throw ImageException.unsupported(storage, "a chain of more than " + MAX_FILES + " files");
      }
      return image;
    }

    private FileStorage openBacking(
        FileStorage child, BackingReference backing, Recognizer.Match match) throws IOException {
      if (chain.size() >= MAX_CHAIN) {
        throw ImageException.unsupported(
            child, "a chain of more than " + MAX_CHAIN + " backing files");
      }
      Storage below;
      try {
        below = openerFor(child, match, locking).open(backing.name());
      } catch (FileDeniedException e) {
        throw new ImageException(
            ImageException.Kind.DENIED, describe(child, backing) + e.getReason(), e);
      } catch (FileInUseException e) {
        throw new ImageException(
            ImageException.Kind.LOCKED, describe(child, backing) + e.getReason(), e);
      } catch (IOException e) {
        throw new ImageException(
            ImageException.Kind.INCOMPLETE, describe(child, backing) + e.getMessage(), e);
      }
      return checkCycle(child, (FileStorage) below);
    }

    private static String describe(FileStorage child, BackingReference backing) {
      return child.name() + ": backing file '" + backing.name() + "': ";
    }

    private FileStorage checkCycle(FileStorage child, FileStorage below) throws IOException {
      if (seen.add(below.status().identity())) {
        return below;
      }
      below.close();
      throw new ImageException(
          ImageException.Kind.CORRUPT,
          child.name() + ": backing file " + below.name() + " is already in the chain: a loop");
    }

    private Recognizer.Match matchBacking(
        FileStorage child, FileStorage below, BackingReference backing) throws IOException {
      String format = backing.format();
      if (format == null) {
        return recognizer.recognizeBacking(below);
      }
      return recognizer
          .byName(format)
          .orElseThrow(
              () ->
                  ImageException.unsupported(
                      child, "backing file format '" + backing.format() + "'"));
    }

    private void closeAll(FileStorage top, Exception cause) {
      try {
        for (Image image : chain) {
          image.close();
        }
        for (FileStorage file : files) {
          file.close();
        }
        top.close();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }
}
