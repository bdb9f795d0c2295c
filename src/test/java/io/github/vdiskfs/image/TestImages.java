// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.storage.MemoryStorage;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The sample images below src/test/resources. Each folder has a {@code MAKE} file with the commands
 * that made them; an image may stand as {@code IMAGE.gz}; beside {@code IMAGE} stands {@code
 * IMAGE.raw.gz}, the guest content as {@code qemu-img convert} gave it (or as the MAKE file built
 * it, where QEMU misreads the image).
 */
public final class TestImages {
  private TestImages() {}

  /** The bytes of a resource such as {@code qcow2/v2.qcow2}, which may stand there as .gz. */
  public static byte[] bytes(String resource) {
    if (TestImages.class.getClassLoader().getResource(resource) == null) {
      return unpacked(resource + ".gz");
    }
    try (InputStream in = url(resource).openStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A sample image in memory. */
  public static MemoryStorage storage(String resource) {
    return new MemoryStorage(resource.substring(resource.indexOf('/') + 1), bytes(resource));
  }

  /** The guest content of a sample image. */
  public static byte[] content(String resource) {
    return unpacked(resource + ".raw.gz");
  }

  private static byte[] unpacked(String resource) {
    try (InputStream in = new GZIPInputStream(url(resource).openStream())) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A context whose opener finds the files of one resource folder. */
  public static ImageFormat.Context context(String folder) {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> list = Files.list(Path.of(url(folder).toURI()))) {
      for (Path p : list.filter(Files::isRegularFile).toList()) {
        files.put(p.getFileName().toString(), Files.readAllBytes(p));
      }
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    return context(files);
  }

  /** A context whose opener finds these files. */
  public static ImageFormat.Context context(Map<String, byte[]> files) {
    return new ImageFormat.Context(new MapOpener(files), new TableCache(1 << 20));
  }

  private static URL url(String resource) {
    return Objects.requireNonNull(
        TestImages.class.getClassLoader().getResource(resource), "no test resource " + resource);
  }

  private record MapOpener(Map<String, byte[]> files) implements StorageOpener {
    @Override
    public Storage open(String name) throws IOException {
      byte[] bytes = files.get(name);
      if (bytes == null) {
        throw new NoSuchFileException(name);
      }
      return new MemoryStorage(name, bytes);
    }

    @Override
    public List<String> siblings(String suffix) {
      return files.keySet().stream().filter(n -> n.endsWith(suffix)).toList();
    }
  }
}
