// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageException.Kind;
import io.github.vdiskfs.storage.MemoryStorage;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorParserTest {
  private static final String HEAD = "version=1\nCID=1234abcd\nparentCID=ffffffff\n";

  private static Descriptor parse(byte[] text) throws ImageException {
    return DescriptorParser.parse(new MemoryStorage("x.vmdk", text), text);
  }

  private static Descriptor parse(String text) throws ImageException {
    return parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsWhatTheSpecificationShows() throws ImageException {
    Descriptor d =
        parse(
            """
            # Disk DescriptorFile
            version=1
            CID=fffffffe
            parentCID=ffffffff
            createType="twoGbMaxExtentSparse"

            # Extent description
            RW 4192256 SPARSE "test-s001.vmdk"
            RW 2101248 SPARSE "test-s002.vmdk"

            # The Disk Data Base
            #DDB
            ddb.adapterType = "ide"
            """);
    assertEquals(0xFFFFFFFEL, d.cid());
    assertEquals(Descriptor.NO_PARENT, d.parentCid());
    assertEquals("twoGbMaxExtentSparse", d.createType());
    assertNull(d.parentHint());
    assertEquals(
        List.of(
            new ExtentLine("RW", 4192256, "SPARSE", "test-s001.vmdk", -1),
            new ExtentLine("RW", 2101248, "SPARSE", "test-s002.vmdk", -1)),
        d.extents());
  }

  @Test
  void lineEndsSpacesAndLetterCaseDoNotMatter() throws ImageException {
    Descriptor d =
        parse(
            "VERSION = 1\r\n\tcid=A\r\nPARENTcid = \"ffffffff\" \r\nCREATETYPE=\"vmfs\"\r\n"
                + "  rw   7\tflat  \"a b.vmdk\"   3  \r\nRDONLY 1 ZERO");
    assertEquals(10, d.cid());
    assertEquals("vmfs", d.createType());
    assertEquals(
        List.of(
            new ExtentLine("RW", 7, "FLAT", "a b.vmdk", 3),
            new ExtentLine("RDONLY", 1, "ZERO", "", -1)),
        d.extents());
  }

  @Test
  void theTextEndsAtANulAndTheFirstOfTwoCounts() throws ImageException {
    Descriptor d = parse(HEAD + "CID=2\nRW 1 ZERO\n\0RW 2 ZERO\n");
    assertEquals(0x1234ABCDL, d.cid());
    assertEquals(1, d.extents().size());
  }

  @Test
  void extentsWithoutSizeAreLeftOut() throws ImageException {
    assertEquals(List.of(), parse(HEAD + "RW 0 FLAT \"a\" 0\n").extents());
  }

  @ParameterizedTest
  @CsvSource({"UTF-8, UTF-8", "windows-1252, windows-1252", "GBK, GBK", "Shift_JIS, Shift_JIS"})
  void namesAreInTheEncodingThatTheTextNames(String named, String charset) throws ImageException {
    String name = charset.startsWith("G") || charset.startsWith("S") ? "日本.vmdk" : "Größe.vmdk";
    String text = HEAD + "encoding=\"" + named + "\"\nRW 1 FLAT \"" + name + "\" 0\n";
    Descriptor d = parse(text.getBytes(Charset.forName(charset)));
    assertEquals(name, d.extents().get(0).name());
  }

  @Test
  void namesAreUtf8WhereNoEncodingIsNamed() throws ImageException {
    assertEquals("ä", parse(HEAD + "RW 1 FLAT \"ä\" 0").extents().get(0).name());
    byte[] latin = (HEAD + "RW 1 FLAT \"ä\" 0").getBytes(StandardCharsets.ISO_8859_1);
    Samples.refused(Kind.CORRUPT, "characters in UTF-8", () -> parse(latin));
  }

  @ParameterizedTest
  @CsvSource({
    "version=4, UNSUPPORTED, descriptor version 4",
    "version=, UNSUPPORTED, descriptor version",
    "CID=, CORRUPT, CID of the descriptor is ''",
    "CID=123456789, CORRUPT, 'CID of the descriptor is ''123456789'', expected up to 8'",
    "CID=xyz, CORRUPT, CID of the descriptor is 'xyz'",
    "parentCID=-1, CORRUPT, parentCID of the descriptor is '-1'",
    "parentCID=12, INCOMPLETE, does not name its parent",
    "parentFileNameHint=\"a.vmdk\", CORRUPT, parentCID is ffffffff",
    "encryptionKeys=\"vmware:key/list/(x)\", UNSUPPORTED, encryption (encryptionkeys)",
    "keyID=\"x\", UNSUPPORTED, encryption (keyid)",
    "ddb.iofilters = \"vmwarevmcrypt\", UNSUPPORTED, encryption (vmwarevmcrypt)",
    "RW x SPARSE \"a\", CORRUPT, extent line is 'RW x SPARSE \"a\"'",
    "RW -1 SPARSE \"a\", CORRUPT, extent line is",
    "RW 9999999999999999999 SPARSE \"a\", CORRUPT, extent line is",
    "RW 1, CORRUPT, extent line is 'RW 1'",
    "RW 1 FLAT \"a^b\" 0, CORRUPT, file name is 'a?b'",
    "encoding=\"klingon\"|RW 1 FLAT \"ä\" 0, UNSUPPORTED, in the encoding klingon",
    "encoding=\"?!\"|RW 1 FLAT \"ä\" 0, UNSUPPORTED, in the encoding ?!",
  })
  void badTextIsRefusedByName(String lines, Kind kind, String words) {
    String text = lines.replace('|', '\n').replace('^', '\u001b') + "\n";
    byte[] whole =
        Samples.text(text.startsWith("RW\n") ? text : text + HEAD + "createType=\"vmfs\"\n");
    Samples.refused(kind, words, () -> Samples.open(withTitle(whole), java.util.Map.of()));
  }

  private static byte[] withTitle(byte[] text) {
    return Samples.text("# Disk DescriptorFile\n" + new String(text, StandardCharsets.UTF_8));
  }

  @Test
  void sizesAreBounded() {
    byte[] many = Samples.descriptor("vmfs", "RW 1 ZERO\n".repeat(Descriptor.MAX_EXTENTS + 1));
    Samples.refused(Kind.UNSUPPORTED, "more than 4096 extents", () -> parse(many));
    String name = HEAD + "RW 1 FLAT \"" + "n".repeat(4097) + "\" 0";
    Samples.refused(Kind.CORRUPT, "expected at most 4096 characters", () -> parse(name));
    byte[] huge = Samples.descriptor("vmfs", "#".repeat(Descriptor.MAX_BYTES));
    Samples.refused(Kind.CORRUPT, "size of the descriptor is", () -> Samples.open(huge));
  }

  @Test
  void messagesQuoteHostileTextBriefly() {
    String line = "RW " + "\u0007x".repeat(1000);
    ImageException e = Samples.refused(Kind.CORRUPT, "'RW ?x", () -> parse(HEAD + line));
    assertEquals(-1, e.getMessage().indexOf('\u0007'));
    assertTrue(e.getMessage().length() < 300, e.getMessage());
  }
}
