// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.github.vdiskfs.image.UnitArrays;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.DataFormatException;

/**
 * A row of zstd frames (RFC 8878), unpacked into one unit. The end of each frame is found first, by
 * its block headers: so each can be unpacked in one call, straight into the unit, and whatever
 * window a frame asks for, no memory is taken for it.
 */
final class ZstdFrames {
  private static final int MAGIC = 0xFD2FB528;

  /** Section 3.1.2: sixteen magic numbers of frames without content. */
  private static final int SKIPPABLE_MAGIC = 0x184D2A50;

  private static final int BLOCK_HEADER_BYTES = 3;
  private static final int CHECKSUM_BYTES = 4;

  /** Block_Type of a block that is one byte to be repeated. */
  private static final int RLE_BLOCK = 1;

  /** Bytes of the Dictionary_ID field by its flag, section 3.1.1.1.3. */
  private static final int[] DICTIONARY_ID_BYTES = {0, 1, 2, 4};

  /** Bytes of the Frame_Content_Size field by its flag; flag 0: see there. */
  private static final int[] CONTENT_SIZE_BYTES = {0, 2, 4, 8};

  /** For the life of a thread: to make one takes longer than to unpack a small unit. */
  private static final ThreadLocal<ZstdDecompressCtx> CONTEXT =
      ThreadLocal.withInitial(ZstdDecompressCtx::new);

  private ZstdFrames() {}

  /**
   * Unpacks frames until the unit is full; what follows is not looked at.
   *
   * @param packedBytes where in {@code packed} the last frame must have ended
   * @throws DataFormatException where a frame is damaged, or the frames give more or less
   */
  static byte[] unit(byte[] packed, int packedBytes, int unitBytes) throws DataFormatException {
    byte[] unit = UnitArrays.take(unitBytes);
    ZstdDecompressCtx context = CONTEXT.get();
    int from = 0;
    int done = 0;
    try {
      while (done < unitBytes) {
        int length = frameLength(packed, from, packedBytes);
        done += context.decompressByteArray(unit, done, unitBytes - done, packed, from, length);
        from += length;
      }
    } catch (ZstdException e) {
      throw damaged(String.valueOf(e.getMessage()));
    }
    return unit;
  }

  /** Bytes of the frame that starts at {@code from}. */
  private static int frameLength(byte[] packed, int from, int end) throws DataFormatException {
    ByteBuffer in = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).limit(end);
    in.position(from);
    need(in, 5);
    int magic = in.getInt();
    if ((magic & ~0xF) == SKIPPABLE_MAGIC) {
      need(in, 4);
      skip(in, in.getInt() & 0xFFFFFFFFL);
      return in.position() - from;
    }
    if (magic != MAGIC) {
      throw damaged("no zstd frame at its byte " + from);
    }
    int descriptor = in.get();
    skip(in, headerBytes(descriptor));
    skipBlocks(in);
    boolean hasChecksum = (descriptor >> 2 & 1) != 0;
    skip(in, hasChecksum ? CHECKSUM_BYTES : 0);
    return in.position() - from;
  }

  /** Bytes of the frame header behind its descriptor, section 3.1.1.1. */
  private static int headerBytes(int descriptor) {
    boolean singleSegment = (descriptor >> 5 & 1) != 0;
    int contentSizeFlag = descriptor >> 6 & 3;
    int contentSizeBytes =
        contentSizeFlag == 0 && singleSegment ? 1 : CONTENT_SIZE_BYTES[contentSizeFlag];
    int windowBytes = singleSegment ? 0 : 1;
    return windowBytes + DICTIONARY_ID_BYTES[descriptor & 3] + contentSizeBytes;
  }

  private static void skipBlocks(ByteBuffer in) throws DataFormatException {
    boolean last = false;
    while (!last) {
      need(in, BLOCK_HEADER_BYTES);
      int header = (in.getShort() & 0xFFFF) | (in.get() & 0xFF) << 16;
      last = (header & 1) != 0;
      int type = header >> 1 & 3;
      skip(in, type == RLE_BLOCK ? 1 : header >> 3);
    }
  }

  private static void need(ByteBuffer in, int bytes) throws DataFormatException {
    if (in.remaining() < bytes) {
      throw damaged("zstd frame is cut off");
    }
  }

  private static void skip(ByteBuffer in, long bytes) throws DataFormatException {
    if (in.remaining() < bytes) {
      throw damaged("zstd frame is cut off");
    }
    in.position(in.position() + (int) bytes);
  }

  private static DataFormatException damaged(String problem) {
    return new DataFormatException(problem);
  }
}
