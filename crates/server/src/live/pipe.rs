//! The way out of a socket: a round of texts in one write, from where all subscribers share them.
//!
//! The protocol's library copies each text into a buffer of the socket, which for a thousand
//! subscribers of the same line is the most that a round costs. Here only what stands before each
//! text is a socket's own. Whatever else the library writes comes after it, never in between.
//! Reads nothing and knows no frame but texts.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A whole, unmasked text (RFC 6455, section 5.2).
const WHOLE_TEXT: u8 = 0x81;
/// Most pieces in one write.
const MOST_PIECES: usize = 64;

/// A stream on which texts go out before anything else.
pub(super) struct Pipe<S> {
    stream: S,
    ahead: VecDeque<Framed>,
}

/// A text with what stands before it, and how much of both is written.
struct Framed {
    head: [u8; 10],
    head_bytes: usize,
    text: Bytes,
    written: usize,
}

impl Framed {
    fn new(text: Bytes) -> Self {
        let (mut head, length) = ([WHOLE_TEXT, 0, 0, 0, 0, 0, 0, 0, 0, 0], text.len());
        let head_bytes = match (u8::try_from(length), u16::try_from(length)) {
            (Ok(short @ ..126), _) => {
                head[1] = short;
                2
            }
            (_, Ok(medium)) => {
                head[1] = 126;
                head[2..4].copy_from_slice(&medium.to_be_bytes());
                4
            }
            _ => {
                head[1] = 127;
                head[2..].copy_from_slice(&(length as u64).to_be_bytes());
                10
            }
        };
        Self { head, head_bytes, text, written: 0 }
    }

    fn left(&self) -> usize {
        self.head_bytes + self.text.len() - self.written
    }

    /// What is not written of the head, and of the text.
    fn pieces(&self) -> [&[u8]; 2] {
        let head = &self.head[self.written.min(self.head_bytes)..self.head_bytes];
        [head, &self.text[self.written.saturating_sub(self.head_bytes)..]]
    }
}

impl<S> Pipe<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, ahead: VecDeque::new() }
    }

    /// Texts that the next flush writes. What the library has kept back must be flushed before.
    pub(super) fn put(&mut self, texts: Vec<Bytes>) {
        self.ahead.extend(texts.into_iter().map(Framed::new));
    }

    /// Texts of which nothing has gone out are not sent any more.
    pub(super) fn forget_unbegun(&mut self) {
        self.ahead.retain(|one| one.written > 0);
    }

    fn forget_written(&mut self, mut written: usize) {
        while let Some(first) = self.ahead.front_mut()
            && written > 0
        {
            let part = written.min(first.left());
            first.written += part;
            written -= part;
            if first.left() == 0 {
                self.ahead.pop_front();
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> Pipe<S> {
    fn poll_write_ahead(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.ahead.is_empty() {
            let mut pieces = [IoSlice::new(&[]); MOST_PIECES];
            let left = self.ahead.iter().flat_map(Framed::pieces).filter(|piece| !piece.is_empty());
            let mut count = 0;
            for (place, piece) in pieces.iter_mut().zip(left) {
                *place = IoSlice::new(piece);
                count += 1;
            }
            let writing = Pin::new(&mut self.stream).poll_write_vectored(cx, &pieces[..count]);
            match ready!(writing)? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.forget_written(written),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Pipe<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Pipe<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_write_ahead(cx))?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_write_ahead(cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_write_ahead(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use futures_util::{SinkExt, StreamExt};
    use tokio_tungstenite::WebSocketStream;
    use tokio_tungstenite::tungstenite::Message;
    use tokio_tungstenite::tungstenite::protocol::Role;

    use super::*;

    /// Texts of every length of head, and more of them than one write has pieces.
    fn texts() -> Vec<Bytes> {
        let lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000];
        let more = std::iter::repeat_n(100, 2 * MOST_PIECES);
        lengths.into_iter().chain(more).map(|length| Bytes::from(vec![b'x'; length])).collect()
    }

    async fn pair(
        buffer_bytes: usize,
    ) -> (WebSocketStream<Pipe<tokio::io::DuplexStream>>, WebSocketStream<tokio::io::DuplexStream>)
    {
        let (here, there) = tokio::io::duplex(buffer_bytes);
        let ours = WebSocketStream::from_raw_socket(Pipe::new(here), Role::Server, None).await;
        (ours, WebSocketStream::from_raw_socket(there, Role::Client, None).await)
    }

    #[tokio::test]
    async fn texts_arrive_whole_and_in_order_between_what_the_library_writes() {
        // Narrower than a head, so that every write is cut somewhere.
        for buffer_bytes in [3, 1_000, 1 << 20] {
            let (mut ours, mut theirs) = pair(buffer_bytes).await;
            let sending = tokio::spawn(async move {
                ours.send(Message::Ping(Bytes::new())).await.unwrap();
                ours.get_mut().put(texts());
                ours.flush().await.unwrap();
                ours.send(Message::Text("after".into())).await.unwrap();
                ours
            });
            assert!(theirs.next().await.unwrap().unwrap().is_ping());
            for text in texts() {
                assert_eq!(theirs.next().await.unwrap().unwrap().into_data(), text);
            }
            assert_eq!(theirs.next().await.unwrap().unwrap(), Message::Text("after".into()));
            sending.await.unwrap();
        }
    }

    #[tokio::test]
    async fn what_was_given_up_halfway_ends_with_the_text_that_was_begun() {
        let (mut ours, mut theirs) = pair(1_000).await;
        let texts = vec![Bytes::from(vec![b'x'; 600]); 10];
        ours.get_mut().put(texts.clone());
        let flushing = tokio::time::timeout(std::time::Duration::from_millis(20), ours.flush());
        assert!(flushing.await.is_err(), "nobody reads");
        ours.get_mut().forget_unbegun();
        let closing = tokio::spawn(async move { ours.send(Message::Close(None)).await });
        for text in &texts[..2] {
            assert_eq!(theirs.next().await.unwrap().unwrap().into_data(), text);
        }
        assert!(theirs.next().await.unwrap().unwrap().is_close());
        closing.await.unwrap().unwrap();
    }
}
