// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageException.Kind;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.FileDeniedException;
import io.github.vdiskfs.storage.MemoryStorage;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExtentOpenerTest {
  private static final Map<String, byte[]> FILES =
      Map.of(
          "a.vmdk", new byte[4096],
          "s.vmdk", Samples.bytes("split-s001.vmdk"),
          "se.vmdk", Samples.patched(new byte[4096], 0, 4, 0xCAFEBABEL),
          "d.vmdk", Samples.descriptor("vmfs", "RW 1 FLAT \"a.vmdk\" 0"));

  /** Records what is asked of it and gives what it has. */
  private static final class Recorder implements StorageOpener {
    final List<String> asked = new ArrayList<>();
    final List<MemoryStorage> opened = new ArrayList<>();
    boolean denies;

    @Override
    public Storage open(String name) throws IOException {
      asked.add(name);
      if (denies) {
        throw new FileDeniedException(name, "the policy says no");
      }
      MemoryStorage storage = new MemoryStorage(name, FILES.get(name));
      opened.add(storage);
      return storage;
    }

    @Override
    public List<String> siblings(String suffix) {
      return List.of();
    }

    ImageFormat.Context context() {
      return new ImageFormat.Context(this, new TableCache(1 << 20));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RW 8 FLAT \"gone.vmdk\" 0, INCOMPLETE, extent 'gone.vmdk'",
    "RW 8 FLAT \"a.vmdk\", CORRUPT, FLAT extent 'a.vmdk' is without offset",
    "RW 9 FLAT \"a.vmdk\" 0, INCOMPLETE, 'the file has 4096 bytes, expected 4608'",
    "RW 8 FLAT \"a.vmdk\" 1, INCOMPLETE, expected 4096 from sector 1 on",
    "RW 8 FLAT \"a.vmdk\" 999999999999999999, INCOMPLETE, from sector 999999999999999999 on",
    "RW 9 VMFS \"a.vmdk\", INCOMPLETE, the file has 4096 bytes",
    "RW 8 FLAT, CORRUPT, FLAT extent is without file",
    "RW 128 SPARSE, CORRUPT, SPARSE extent is without file",
    "RW 127 SPARSE \"s.vmdk\", CORRUPT, 'capacity is 128, expected 127 sectors, as x.vmdk says'",
    "RW 8 SPARSE \"a.vmdk\", CORRUPT, magic number is 0x0",
    "RW 8 SPARSE \"d.vmdk\", CORRUPT, magic number is 0x69442023",
    "RW 8 SPARSE \"se.vmdk\", UNSUPPORTED, seSparse",
    "RW 8 SESPARSE \"se.vmdk\", UNSUPPORTED, extents of type SESPARSE",
    "RW 8 VMFSRDM \"a.vmdk\", UNSUPPORTED, VMFSRDM extent on a device",
    "RW 8 VMFSRAW \"a.vmdk\", UNSUPPORTED, VMFSRAW extent on a device",
    "RW 8 FLAT \"/dev/sda\" 0, UNSUPPORTED, on a device ('/dev/sda')",
    "RW 8 FLAT \"\\\\.\\PhysicalDrive0\" 0, UNSUPPORTED, on a device",
    "RW 8 FLAT \"\\\\.\\PhysicalDrive0\" 0 partitionUUID 12, UNSUPPORTED, on a device",
    "NOACCESS 8 FLAT \"/dev/sda\" 0, UNSUPPORTED, on a device",
    "RW 8 HOLOGRAM \"a.vmdk\", UNSUPPORTED, extents of type HOLOGRAM",
    "RW 9007199254740993 ZERO, CORRUPT, size of the disk is more",
    "RW 9007199254740992 ZERO|RW 1 ZERO, CORRUPT, size of the disk is more",
    "# none, CORRUPT, list of extents is empty",
  })
  void whatCannotBeServedIsRefusedByName(String lines, Kind kind, String words) {
    Samples.refused(
        kind, words, () -> Samples.open("custom", lines.replace('|', '\n') + "\n", FILES));
  }

  @ParameterizedTest
  @CsvSource({
    "seSparse",
    "fullDevice",
    "partitionedDevice",
    "vmfsRaw",
    "vmfsRawDeviceMap",
    "vmfsPassthroughRawDeviceMap",
    "monolithicSparse",
    "''"
  })
  void otherTypesOfDiskAreRefusedByName(String type) {
    Samples.refused(
        Kind.UNSUPPORTED,
        "createType '" + type + "'",
        () -> Samples.open(type, "RW 8 FLAT \"a.vmdk\" 0\n", FILES));
  }

  @Test
  void theReasonOfARefusalIsPassedOn() {
    Recorder gate = new Recorder();
    gate.denies = true;
    byte[] disk = Samples.descriptor("vmfs", "RW 8 VMFS \"../secret\"\n");
    ImageException e =
        Samples.refused(
            Kind.DENIED, "extent '../secret'", () -> Samples.open(disk, gate.context()));
    assertTrue(e.getMessage().endsWith("the policy says no"), e.getMessage());
  }

  @Test
  void whatWasOpenedIsClosedWhereALaterExtentFails() {
    Recorder gate = new Recorder();
    byte[] disk =
        Samples.descriptor("vmfs", "RW 8 VMFS \"a.vmdk\"\nRW 128 SPARSE \"s.vmdk\"\nRW 1 X \"y\"");
    Samples.refused(Kind.UNSUPPORTED, "type X", () -> Samples.open(disk, gate.context()));
    assertEquals(List.of("a.vmdk", "s.vmdk"), gate.asked);
    assertTrue(gate.opened.stream().allMatch(MemoryStorage::isClosed));
  }

  @Test
  void aFileThatIsNamedTwiceIsOpenedOnce() throws IOException {
    Recorder gate = new Recorder();
    byte[] disk = Samples.descriptor("custom", "RW 2 FLAT \"a.vmdk\" 0\n".repeat(1000));
    try (Image image = Samples.open(disk, gate.context())) {
      assertEquals(List.of("a.vmdk"), gate.asked);
      assertEquals(1, image.info().files().size());
      assertEquals(1000 * 1024, image.size());
    }
    assertTrue(gate.opened.get(0).isClosed());
  }

  @Test
  void anEmbeddedDescriptorOpensNothing() throws IOException {
    byte[] sparse = Samples.bytes("sparse.vmdk");
    Recorder gate = new Recorder();
    byte[] renamed = replace(sparse, "SPARSE \"sparse.vmdk\"", "SPARSE \"/etc/shadow\"");
    Samples.open(renamed, gate.context()).close();
    for (String lines : List.of("RW 1 FLAT \"/etc/pass\" 0", "RW 1 ZERO\nRW 44 SPARSE \"b\"")) {
      byte[] bad = replace(sparse, "RW 450 SPARSE \"sparse.vmdk\"", lines);
      Samples.refused(
          Kind.CORRUPT, "naming other extents", () -> Samples.open(bad, gate.context()));
    }
    assertEquals(List.of(), gate.asked);
  }

  /** Puts text over other text, with a line end and spaces behind it. */
  private static byte[] replace(byte[] bytes, String old, String text) {
    String all = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = all.indexOf(old);
    assertTrue(at > 0 && text.length() <= old.length(), old);
    String padded = text + " ".repeat(old.length() - text.length());
    return (all.substring(0, at) + padded + all.substring(at + old.length()))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void zeroExtentsHideTheParentAndNoAccessOnesFailAlone() throws IOException {
    String lines = "RW 4 ZERO\nNOACCESS 4 FLAT \"gone.vmdk\" 0\nRDONLY 8 FLAT \"a.vmdk\" 0\n";
    try (Image image = Samples.open("custom", lines, FILES)) {
      assertEquals(Extent.zero(2048), image.map(0, 8192));
      Samples.refused(Kind.UNSUPPORTED, "NOACCESS", () -> image.map(2048, 1));
      Extent flat = image.map(4096, 8192);
      assertEquals(Extent.flat(flat.requireStorage(), 0, 4096), flat);
    }
  }
}
