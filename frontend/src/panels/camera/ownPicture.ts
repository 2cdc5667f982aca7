/** A snapshot from the reader's own disk: it is shown, and never leaves the browser. */
import { useEffect, useState } from 'react';

export interface OwnPicture {
  url: string;
  name: string;
  width: number;
  height: number;
}

export function readPicture(file: File): Promise<OwnPicture> {
  const url = URL.createObjectURL(file);
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve({ url, name: file.name, width: image.naturalWidth, height: image.naturalHeight });
    image.onerror = () => {
      URL.revokeObjectURL(url);
      reject(new Error(file.name));
    };
    image.src = url;
  });
}

export function useOwnPicture(): [OwnPicture | null, (picture: OwnPicture | null) => void] {
  const [picture, setPicture] = useState<OwnPicture | null>(null);
  useEffect(
    () => () => {
      if (picture) URL.revokeObjectURL(picture.url);
    },
    [picture],
  );
  return [picture, setPicture];
}
